namespace Lhts.Launching.Tests;

/// <summary>The state machines together, in counted time.</summary>
public sealed class ClusterTests
{
    private static readonly ElasticRange Elastic = new() { Min = 2, Max = 6 };

    private static Cluster Started(int numAgents, ElasticRange? elastic = null, double work = 100)
    {
        var cluster = new Cluster(numAgents, elastic, work);
        cluster.Start([.. Enumerable.Range(0, numAgents)]);
        return cluster;
    }

    [TestCase(1)]
    [TestCase(3)]
    public void Run_Undisturbed_EndsWithZeroEverywhere(int numAgents)
    {
        var cluster = Started(numAgents);
        cluster.Run(200);
        Assert.That(cluster.ExitCodes, Is.All.EqualTo(ExitCode.Done));
        Assert.That(cluster.Worlds.Keys, Is.EqualTo(new[] { 0 }));
        Assert.That(cluster.Worlds[0].Select(world => world.World.Offset), Is.EquivalentTo(Enumerable.Range(0, numAgents).Select(agent => 2 * agent)));
    }

    [Test]
    public void Run_LackingAnAgent_WaitsThenFailsAndNamesIt()
    {
        var cluster = new Cluster(3);
        cluster.Start(0, 2);
        cluster.Run(30);
        Assert.That(cluster.Said(2), Does.Contain("agents 1 of 3 (by RANK) are missing; 55 s left"));
        cluster.Run(60);
        Assert.That(cluster.ExitCodes, Is.EqualTo(new int?[] { ExitCode.Failed, null, ExitCode.Failed }));
        Assert.That(cluster.Said(0), Does.Contain("waited 60 s: agents 1 of 3 (by RANK) are missing"));
    }

    [Test]
    public void Worker_Killed_HasAllStartAgain()
    {
        var cluster = Started(3);
        cluster.Run(10);
        cluster.EndWorker(1, 1, 137);
        cluster.Run(200);
        Assert.That(cluster.ExitCodes, Is.All.EqualTo(ExitCode.Done));
        Assert.That(cluster.Worlds.Keys, Is.EqualTo(new[] { 0, 1 }));
        Assert.That(cluster.Said(2),
            Does.Contain("rank 3 (host1, process 1) was ended by SIGKILL").And.Contain("restart 1 of 3: 6 ranks are back after 1.0 s"));
    }

    [Test]
    public void Peers_ThatNoticeFirst_AreNotTheCause()
    {
        var cluster = Started(2);
        cluster.Run(10);
        cluster.EndWorker(0, 0, ExitCode.LostPeers);
        cluster.Run(0.5);
        cluster.EndWorker(1, 1, 139);
        cluster.Run(10);
        Assert.That(cluster.Said(0), Does.Contain("rank 3 (host1, process 1) was ended by SIGSEGV").And.Not.Contain("exit code 4"));
        Assert.That(cluster.Worlds.Keys, Is.EqualTo(new[] { 0, 1 }));
    }

    [Test]
    public void Peers_WithoutAnotherCause_AreNamedAfterAll()
    {
        var cluster = Started(2);
        cluster.Run(10);
        cluster.EndWorker(0, 0, ExitCode.LostPeers);
        cluster.Run(10);
        Assert.That(cluster.Said(1), Does.Contain("rank 0 (host0, process 0) ended with exit code 4").And.Contain("restart 1 of 3"));
    }

    [Test]
    public void Worker_WithoutSignOfLife_IsFoundAndEnded()
    {
        var cluster = Started(2);
        cluster.Run(10);
        cluster.Freeze(1, 0);
        cluster.Run(7);
        Assert.That(cluster.Said(0), Does.Match(@"rank 2 \(host1, process 0\) gave no sign of life for [56](\.\d)? s"));
        cluster.Run(3);
        Assert.That(cluster.Worlds.Keys, Is.EqualTo(new[] { 0, 1 }));
    }

    [Test]
    public void BadInput_OfOneRank_EndsAllAtOnce()
    {
        var cluster = Started(2);
        cluster.Run(1);
        cluster.EndWorker(1, 0, ExitCode.BadInput);
        cluster.Run(3);
        Assert.That(cluster.ExitCodes, Is.All.EqualTo(ExitCode.BadInput));
        Assert.That(cluster.Said(0), Does.Contain("rank 2 (host1, process 0) ended with exit code 2"));
    }

    [Test]
    public void Failures_BeyondTheBound_EndTheRunWithTheFirst()
    {
        var cluster = Started(2);
        foreach (var code in new[] { 139, 137, 137, 134 })
        {
            cluster.Run(10);
            cluster.EndWorker(1, 1, code);
        }

        cluster.Run(10);
        Assert.That(cluster.ExitCodes, Is.All.EqualTo(ExitCode.Failed));
        Assert.That(cluster.Worlds, Has.Count.EqualTo(4));
        Assert.That(cluster.Said(1), Does.Contain(
            "given up after 3 restarts (distributed.maxRestarts); the last failure: rank 3 (host1, process 31) was ended by SIGABRT\n"
            + "the first failure: rank 3 (host1, process 1) was ended by SIGSEGV"));
    }

    [TestCase(0)]
    [TestCase(2)]
    public void Signal_ToAnyAgent_StopsAllWithACheckpoint(int agent)
    {
        var cluster = Started(3);
        cluster.Run(10);
        cluster.Signal(agent);
        cluster.Signal(agent);
        cluster.Run(1);
        Assert.That(cluster.ExitCodes, Is.All.EqualTo(ExitCode.Stopped));
        Assert.That(cluster.Worlds.Keys, Is.EqualTo(new[] { 0 }));
    }

    [Test]
    public void Signal_ToOneWorker_StopsAll()
    {
        var cluster = Started(3);
        cluster.Run(10);
        cluster.EndWorker(1, 0, 128 + 15);
        cluster.Run(1);
        Assert.That(cluster.ExitCodes, Is.All.EqualTo(ExitCode.Stopped));
    }

    [Test]
    public void Signal_AtTheMeeting_StopsAtOnce()
    {
        var cluster = new Cluster(3);
        cluster.Start(1);
        cluster.Run(1);
        cluster.Signal(1);
        Assert.That(cluster.ExitCodes[1], Is.EqualTo(ExitCode.Stopped), "no coordinator");
        cluster.Start(0, 1);
        cluster.Run(1);
        cluster.Signal(1);
        cluster.Run(0.1);
        Assert.That(cluster.ExitCodes, Is.EqualTo(new int?[] { ExitCode.Stopped, ExitCode.Stopped, null }));
    }

    [Test]
    public void Failure_WhileStopping_IsNoSuccess()
    {
        var cluster = Started(2);
        cluster.Run(10);
        cluster.Freeze(0, 0);
        cluster.Signal(1);
        cluster.EndWorker(0, 0, 139);
        cluster.Run(5);
        Assert.That(cluster.ExitCodes, Is.All.EqualTo(ExitCode.Failed));
        Assert.That(cluster.Said(1), Does.Contain("rank 0 (host0, process 0) was ended by SIGSEGV"));
    }

    [Test]
    public void Agent_KilledAndStartedAgain_Rejoins()
    {
        var cluster = Started(3);
        cluster.Run(10);
        cluster.KillAgent(2);
        cluster.Run(5);
        Assert.That(cluster.NumLiving, Is.Zero);
        Assert.That(cluster.Said(0), Does.Contain("agent 2 (host2, process 1002) was lost: its connection was closed"));
        cluster.Start(2);
        cluster.Run(200);
        Assert.That(cluster.ExitCodes, Is.All.EqualTo(ExitCode.Done));
        Assert.That(cluster.Worlds.Keys, Is.EqualTo(new[] { 0, 1 }));
    }

    [Test]
    public void Coordinator_KilledAndStartedAgain_GoesOnUnderTheNextNumber()
    {
        var cluster = Started(3);
        cluster.Run(10);
        cluster.KillAgent(0);
        cluster.Run(10);
        Assert.That(cluster.NumLiving, Is.Zero);
        Assert.That(cluster.Said(1), Does.Contain("agent 0 was lost: its connection was closed; ending this process's workers until it is back")
            .And.Contain("waiting for agent 0 at 127.0.0.1:29500"));
        cluster.Start(0);
        cluster.Run(200);
        Assert.That(cluster.ExitCodes, Is.All.EqualTo(ExitCode.Done));
        Assert.That(cluster.Worlds.Keys, Is.EqualTo(new[] { 0, 1 }));
        Assert.That(cluster.Said(1), Does.Contain("restart 1 of 3"));
    }

    [Test]
    public void Coordinator_ThatStaysAway_FailsTheOthers()
    {
        var cluster = Started(2);
        cluster.Run(10);
        cluster.KillAgent(0);
        cluster.Run(70);
        Assert.That(cluster.ExitCodes[1], Is.EqualTo(ExitCode.Failed));
        Assert.That(cluster.Said(1), Does.Contain("agent 0 could not be reached at 127.0.0.1:29500 for 60 s: no answer"));
    }

    [Test]
    public void Link_Cut_EndsTheWorkersOnBothSidesAndHeals()
    {
        var cluster = Started(2);
        cluster.Run(10);
        cluster.Cut(1);
        cluster.Run(8);
        Assert.That(cluster.NumLiving, Is.Zero);
        cluster.Heal(1);
        cluster.Run(200);
        Assert.That(cluster.ExitCodes, Is.All.EqualTo(ExitCode.Done));
        Assert.That(cluster.Said(0), Does.Contain("agent 1 (host1, process 1001) was lost: no sign of life for"));
    }

    [Test]
    public void Elastic_LosingAnAgent_GoesOnWithFewerAndGrowsAgain()
    {
        var cluster = Started(3, Elastic);
        cluster.Run(10);
        cluster.KillAgent(2);
        cluster.Run(10);
        Assert.That(cluster.Worlds[1].Select(world => world.World.WorldSize), Is.EqualTo(new[] { 4, 4 }));
        cluster.Start(2);
        cluster.Run(10);
        Assert.That(cluster.Worlds[2].Select(world => world.World.WorldSize), Is.EqualTo(new[] { 6, 6, 6 }));
        Assert.That(cluster.Worlds[2][0].World.Restarts, Is.EqualTo(1), "growing is no failure");
        Assert.That(cluster.Said(0), Does.Contain("generation 2: 6 ranks are here now"));
        cluster.Run(200);
        Assert.That(cluster.ExitCodes, Is.All.EqualTo(ExitCode.Done));
        Assert.That(cluster.HasOverlapped, Is.False);
    }

    [Test]
    public void Elastic_WithMoreThanItsMost_KeepsAReserve()
    {
        var cluster = Started(4, Elastic);
        cluster.Run(10);
        Assert.That(cluster.Worlds[0].Select(world => world.Agent), Is.EquivalentTo(new[] { 0, 1, 2 }));
        cluster.KillAgent(1);
        cluster.Run(10);
        Assert.That(cluster.Worlds[1].Select(world => world.Agent), Is.EquivalentTo(new[] { 0, 2, 3 }));
        cluster.Run(200);
        Assert.That(cluster.ExitCodes[3], Is.EqualTo(ExitCode.Done));
    }

    [Test]
    public void Elastic_CutOff_NeverRunsTwoGenerationsBesideEachOther()
    {
        var cluster = Started(3, Elastic);
        cluster.Run(10.3);
        cluster.Cut(2);
        cluster.Run(30);
        Assert.That(cluster.Worlds[1], Has.Count.EqualTo(2));
        Assert.That(cluster.HasOverlapped, Is.False);
    }

    [Test]
    public void Elastic_AtItsStart_WaitsATimeoutLonger()
    {
        var cluster = new Cluster(3, Elastic);
        cluster.Start(0, 1);
        cluster.Run(6.2);
        Assert.That(cluster.Worlds, Is.Empty);
        cluster.Run(0.1);
        Assert.That(cluster.Worlds[0], Has.Count.EqualTo(2));
    }

    [Test]
    public void Elastic_BelowItsLeast_Waits()
    {
        var cluster = new Cluster(3, new ElasticRange { Min = 4, Max = 6 });
        cluster.Start(0);
        cluster.Run(20);
        Assert.That(cluster.Worlds, Is.Empty);
        Assert.That(cluster.Said(0), Does.Contain("2 ranks are here and 4 are needed; agents 1, 2 of 3 (by RANK) are missing"));
        cluster.Start(1);
        cluster.Run(5);
        Assert.That(cluster.Worlds[0], Has.Count.EqualTo(2));
    }

    [Test]
    public void Agent_ToldToEnd_LeavesAnElasticRunAndTheOthersGoOn()
    {
        var cluster = Started(3, Elastic);
        cluster.Run(10);
        cluster.Signal(2);
        cluster.Run(5);
        Assert.That(cluster.ExitCodes, Is.EqualTo(new int?[] { null, null, ExitCode.Stopped }));
        Assert.That(cluster.Worlds[1].Select(world => (world.Agent, world.World.WorldSize, world.World.Restarts)),
            Is.EquivalentTo(new[] { (0, 4, 0), (1, 4, 0) }));
        Assert.That(cluster.Said(0), Does.Contain("agent 2 (host2, process 1002) leaves; the others save and go on"));
        cluster.Start(2);
        cluster.Run(200);
        Assert.That(cluster.ExitCodes, Is.All.EqualTo(ExitCode.Done), "its replacement was taken in");
        Assert.That(cluster.Worlds[2].Select(world => world.World.WorldSize), Is.All.EqualTo(6));
        Assert.That(cluster.HasOverlapped, Is.False);
    }

    [Test]
    public void Agent_ThatLeavesARunThatNeedsIt_IsWaitedFor()
    {
        var cluster = Started(3, new ElasticRange { Min = 6, Max = 6 });
        cluster.Run(10);
        cluster.Signal(1);
        cluster.Run(20);
        Assert.That(cluster.ExitCodes, Is.EqualTo(new int?[] { null, ExitCode.Stopped, null }));
        Assert.That(cluster.NumLiving, Is.Zero);
        cluster.Start(1);
        cluster.Run(200);
        Assert.That(cluster.ExitCodes, Is.All.EqualTo(ExitCode.Done));
    }

    [Test]
    public void Agents_ThatAllLeaveButTheFirst_DoSoOneAfterTheOther()
    {
        var cluster = Started(3, new ElasticRange { Min = 2, Max = 6 });
        cluster.Run(10);
        cluster.Signal(1);
        cluster.Signal(2);
        cluster.Run(20);
        Assert.That(cluster.ExitCodes, Is.EqualTo(new int?[] { null, ExitCode.Stopped, ExitCode.Stopped }));
        Assert.That(cluster.NumLiving, Is.EqualTo(2));
    }

    [TestCase(true, 0)]
    [TestCase(false, 2)]
    public void Run_ToldToStop_StopsWhole(bool isElastic, int agent)
    {
        var cluster = Started(3, isElastic ? Elastic : null);
        cluster.Run(10);
        cluster.Signal(agent);
        cluster.Run(20);
        Assert.That(cluster.ExitCodes, Is.All.EqualTo(ExitCode.Stopped));
    }

    [Test]
    public void Failures_WithProgressBetween_AreNotGivenUp()
    {
        var cluster = Started(2, work: 1000);
        for (var failure = 0; failure < 10; failure++)
        {
            cluster.Run(20);
            cluster.Progress(0);
            cluster.Run(1);
            cluster.EndWorker(1, 0, 137);
        }

        cluster.Run(20);
        Assert.That(cluster.NumLiving, Is.EqualTo(4));
        Assert.That(cluster.Worlds[10].Select(world => world.World.Restarts), Is.All.EqualTo(1));
        for (var failure = 0; failure < 3; failure++)
        {
            cluster.EndWorker(1, 0, 137);
            cluster.Run(20);
        }

        Assert.That(cluster.ExitCodes, Is.All.EqualTo(ExitCode.Failed), "the fourth without progress");
        Assert.That(cluster.Said(0), Does.Contain("given up after 3 restarts"));
    }
}
