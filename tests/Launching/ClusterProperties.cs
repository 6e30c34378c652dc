using FsCheck;
using FsCheck.Fluent;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace Lhts.Launching.Tests;

/// <summary>What holds whatever happens, and in whatever order.</summary>
public sealed class ClusterProperties
{
    private const int NumAgents = 4;

    [Property(MaxTest = 500)]
    public Property Cluster_WhateverHappens_KeepsItsPromises() => Prop.ForAll(Scripts(), script =>
    {
        var cluster = new Cluster(NumAgents, script.IsElastic ? new ElasticRange { Min = 2, Max = 6 } : null, work: 40);
        cluster.Start(0, 1, 2, 3);
        foreach (var (pause, what, agent) in script.Events)
        {
            Do(cluster, what, agent);
            cluster.Run(pause / 100.0);
            CheckWorlds(cluster);
        }

        for (var agent = 0; agent < NumAgents; agent++) cluster.Heal(agent);
        cluster.Run(600);
        CheckWorlds(cluster);
        Assert.That(cluster.NumRunning, Is.Zero, "none waits for ever");
        Assert.That(cluster.NumLiving, Is.Zero);
        Assert.That(cluster.HasOverlapped, Is.False);
    });

    internal static void Do(Cluster cluster, What what, int agent)
    {
        switch (what)
        {
            case What.StartAgent: cluster.Start(agent); break;
            case What.KillAgent: cluster.KillAgent(agent); break;
            case What.Cut: cluster.Cut(agent); break;
            case What.Heal: cluster.Heal(agent); break;
            case What.Crash: cluster.EndWorker(agent, agent % 2, 139); break;
            case What.LosePeers: cluster.EndWorker(agent, agent % 2, ExitCode.LostPeers); break;
            case What.Freeze: cluster.Freeze(agent, agent % 2); break;
            case What.Signal: cluster.Signal(agent); break;
        }
    }

    /// <summary>Ranks are 0 to n - 1 without gaps, agent 0 has rank 0, and restarts are bounded.</summary>
    private static void CheckWorlds(Cluster cluster)
    {
        foreach (var (generation, worlds) in cluster.Worlds)
        {
            Assert.That(worlds.Select(world => world.World.Generation), Is.All.EqualTo(generation));
            Assert.That(worlds.Select(world => world.World.Restarts), Is.All.LessThanOrEqualTo(3));
            Assert.That(worlds.Select(world => world.World.WorldSize).Distinct().Count(), Is.EqualTo(1));
            var ranks = worlds.SelectMany(world => Enumerable.Range(world.World.Offset, 2)).ToList();
            Assert.That(ranks, Is.Unique);
            Assert.That(ranks, Is.SubsetOf(Enumerable.Range(0, worlds[0].World.WorldSize)));
            Assert.That(worlds.Where(world => world.World.Offset == 0).Select(world => world.Agent), Is.All.EqualTo(0));
        }
    }

    private static Arbitrary<Script> Scripts()
    {
        var happening =
            from pause in Gen.Choose(0, 1500)
            from what in Gen.Elements(Enum.GetValues<What>())
            from agent in Gen.Choose(0, NumAgents - 1)
            select (pause, what, agent);
        return Arb.From(
            from isElastic in Gen.Elements(true, false)
            from length in Gen.Choose(0, 14)
            from events in Gen.ArrayOf(happening, length)
            select new Script(isElastic, events));
    }

    internal enum What
    {
        StartAgent,
        KillAgent,
        Cut,
        Heal,
        Crash,
        LosePeers,
        Freeze,
        Signal,
    }

    internal sealed record Script(bool IsElastic, (int Pause, What What, int Agent)[] Events)
    {
        public override string ToString() => $"elastic {IsElastic}: {string.Join(", ", Events)}";
    }
}
