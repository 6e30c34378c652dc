namespace Lhts.Launching.Tests;

public sealed class LaunchPlanTests
{
    private static readonly LaunchOptions Options = new() { Run = "x" };

    private static AgentSettings? Read(int? numProcesses, params (string Name, string Value)[] variables) => Read(Options, numProcesses, variables);

    private static AgentSettings? Read(LaunchOptions options, int? numProcesses, params (string Name, string Value)[] variables) =>
        LaunchPlan.Read(options, numProcesses, name => variables.FirstOrDefault(variable => variable.Name == name).Value);

    private static IReadOnlyList<string> Errors(Func<object?> read) => Assert.Throws<LaunchException>(() => read())!.Errors;

    [Test]
    public void Process_WithoutOthers_IsARank() => Assert.Multiple(() =>
    {
        Assert.That(Read(null), Is.Null);
        Assert.That(Read(null, ("WORLD_SIZE", "1"), ("RANK", "0")), Is.Null);
        Assert.That(Read(null, ("JOB_COMPLETION_INDEX", "3")), Is.Null, "an indexed job of runs that have nothing to do with each other");
        Assert.That(Read(null, ("TORCHELASTIC_USE_AGENT_STORE", "True"), ("WORLD_SIZE", "4"), ("RANK", "3")), Is.Null, "torchrun");
        Assert.That(Read(4, ("LHTS_PARENT", "77"), ("WORLD_SIZE", "4"), ("RANK", "3")), Is.Null, "started by an agent");
    });

    [Test]
    public void Process_WithNumberOfProcesses_IsAnAgentByItself()
    {
        var settings = Read(4, ("MASTER_ADDR", "elsewhere"));
        Assert.That((settings!.Agent, settings.NumAgents, settings.NumRanks, settings.LocalWorldSize, settings.MasterAddress), Is.EqualTo((0, 1, 4, 4, "127.0.0.1")));
    }

    [Test]
    public void Process_OfManyHosts_IsAnAgentOfThem()
    {
        var settings = Read(
            null, ("RANK", "2"), ("WORLD_SIZE", "4"), ("MASTER_ADDR", "host"), ("MASTER_PORT", "1234"), ("LOCAL_RANK", "1"), ("LOCAL_WORLD_SIZE", "2"), ("JOB_COMPLETION_INDEX", "3"));
        Assert.That((settings!.Agent, settings.NumAgents, settings.NumRanks, settings.MasterAddress, settings.MasterPort), Is.EqualTo((2, 4, 1, "host", 1234)));
        Assert.That((settings.FirstLocalRank, settings.LocalWorldSize), Is.EqualTo((1, 2)));
    }

    [Test]
    public void Index_OfAKubernetesJob_StandsForTheRank()
    {
        var settings = Read(2, ("WORLD_SIZE", "3"), ("JOB_COMPLETION_INDEX", "1"), ("MASTER_ADDR", "job-0.job"));
        Assert.That((settings!.Agent, settings.NumAgents, settings.NumRanks, settings.MasterPort), Is.EqualTo((1, 3, 2, 29500)));
    }

    [Test]
    public void Errors_InArgumentsAndEnvironment_AreAllNamed()
    {
        Assert.That(Errors(() => Read(0, ("RANK", "4"), ("WORLD_SIZE", "4"), ("MASTER_PORT", "0"))), Is.EqualTo(new[]
        {
            "MASTER_PORT is '0', but must be a whole number from 1 to 65535.",
            "--nproc is 0, but must be at least 1.",
            "RANK is 4, but must be below WORLD_SIZE, which is 4.",
            "MASTER_ADDR is not set, but WORLD_SIZE is 4; set it to the address of the process with RANK 0.",
        }));
        Assert.That(Errors(() => Read(null, ("RANK", "1"))), Is.EqualTo(new[] { "RANK is 1, but must be below WORLD_SIZE, which is not set and then 1." }));
        Assert.That(Errors(() => Read(null, ("WORLD_SIZE", "two"))), Is.EqualTo(new[] { "WORLD_SIZE is 'two', but must be a whole number of at least 1." }));
        Assert.That(
            Errors(() => Read(null, ("WORLD_SIZE", "2"), ("MASTER_ADDR", "a"))),
            Is.EqualTo(new[] { "WORLD_SIZE is 2, but neither RANK nor JOB_COMPLETION_INDEX is set; give each process its number from 0." }));
        Assert.That(
            Errors(() => Read(2, ("TORCHELASTIC_USE_AGENT_STORE", "False"))),
            Is.EqualTo(new[] { "--nproc is given, but torchrun starts the ranks already (TORCHELASTIC_USE_AGENT_STORE is set); leave it out." }));
    }

    [Test]
    public void Elastic_ThatCannotBe_IsRefused()
    {
        var elastic = Options with { Elastic = new ElasticRange { Min = 2, Max = 3 } };
        Assert.That(Errors(() => Read(elastic, 4)), Is.EqualTo(new[] { "this process brings 4 ranks (--nproc), but distributed.elastic.max is 3." }));
        Assert.That(
            Errors(() => Read(elastic, null)),
            Is.EqualTo(new[] { "this process brings 1 rank and is alone (WORLD_SIZE), but distributed.elastic.min is 2; give --nproc 2 or start more." }));
        Assert.That(Read(elastic, 2)!.Elastic, Is.EqualTo(elastic.Elastic));
    }
}
