namespace Lhts.Launching.Tests;

public sealed class LaunchPlanTests
{
    private static readonly LaunchOptions Options = new() { Run = "x", Insecure = true };

    private static AgentSettings? Read(int? numProcesses, params (string Name, string Value)[] variables) => Read(Options, numProcesses, variables);

    private static AgentSettings? Read(LaunchOptions options, int? numProcesses, params (string Name, string Value)[] variables) =>
        LaunchPlan.Read(options, numProcesses, name => variables.FirstOrDefault(variable => variable.Name == name).Value);

    private static IReadOnlyList<string> Errors(Func<object?> read) => Assert.Throws<LaunchException>(() => read())!.Errors;

    [Test]
    public void Process_WithoutOthers_IsARank() => Assert.Multiple(() =>
    {
        Assert.That(Read(null), Is.Null);
        Assert.That(Read(null, ("WORLD_SIZE", "1"), ("RANK", "0")), Is.Null);
        Assert.That(Read(null, ("JOB_COMPLETION_INDEX", "3"), ("WORLD_SIZE", "1")), Is.Null, "an indexed job of runs that have nothing to do with each other");
        Assert.That(Read(null, ("TORCHELASTIC_USE_AGENT_STORE", "True"), ("WORLD_SIZE", "4"), ("RANK", "3")), Is.Null, "torchrun");
        Assert.That(Read(4, ("LHTS_PARENT", "77"), ("WORLD_SIZE", "4"), ("RANK", "3")), Is.Null, "started by an agent");
    });

    [Test]
    public void Process_WithNumberOfProcesses_IsAnAgentByItself()
    {
        var settings = Read(4, ("MASTER_ADDR", "elsewhere"));
        Assert.That((settings!.Agent, settings.NumAgents, settings.NumRanks, settings.LocalWorldSize, settings.MasterAddress),
            Is.EqualTo((0, 1, 4, 4, "127.0.0.1")));
    }

    [Test]
    public void Process_OfARunThatAsksForRanks_BringsThemUnlessSomebodySaysOtherwise() => Assert.Multiple(() =>
    {
        var options = Options with { RanksUntold = 2 };
        Assert.That(Read(options, null)!.NumRanks, Is.EqualTo(2));
        Assert.That(Read(options, 3)!.NumRanks, Is.EqualTo(3), "--nproc");
        Assert.That(Read(options, null, ("RANK", "0"), ("WORLD_SIZE", "4"), ("MASTER_ADDR", "host"), ("MASTER_PORT", "1234"))!.NumRanks, Is.EqualTo(1),
            "others");
        Assert.That(Read(options, null, ("TORCHELASTIC_USE_AGENT_STORE", "True"), ("WORLD_SIZE", "4"), ("RANK", "3")), Is.Null, "torchrun");
    });

    [Test]
    public void Process_OfManyHosts_IsAnAgentOfThem()
    {
        var settings = Read(
            null, ("RANK", "2"), ("WORLD_SIZE", "4"), ("MASTER_ADDR", "host"), ("MASTER_PORT", "1234"), ("LOCAL_RANK", "1"), ("LOCAL_WORLD_SIZE", "2"),
            ("JOB_COMPLETION_INDEX", "3"));
        Assert.That((settings!.Agent, settings.NumAgents, settings.NumRanks, settings.MasterAddress, settings.MasterPort), Is.EqualTo((2, 4, 1, "host", 1234)));
        Assert.That((settings.FirstLocalRank, settings.LocalWorldSize), Is.EqualTo((1, 2)));
    }

    [Test]
    public void Process_OfKubeflow_BringsTheRanksThatItIsTold()
    {
        var settings =
            Read(null, ("PET_NNODES", "2"), ("PET_NODE_RANK", "1"), ("PET_NPROC_PER_NODE", "4"), ("PET_MASTER_ADDR", "a"), ("PET_MASTER_PORT", "29400"));
        Assert.That((settings!.Agent, settings.NumAgents, settings.NumRanks, settings.MasterAddress, settings.MasterPort), Is.EqualTo((1, 2, 4, "a", 29400)));
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
            "RANK is 4, but must be below WORLD_SIZE, which is 4.",
            "MASTER_ADDR is not set, but WORLD_SIZE is 4; set it to the address of the process with number 0.",
            "--nproc is 0, but must be at least 1.",
        }));
        Assert.That(Errors(() => Read(null, ("WORLD_SIZE", "two"))), Is.EqualTo(new[] { "WORLD_SIZE is 'two', but must be a whole number of at least 1." }));
        Assert.That(
            Errors(() => Read(2, ("PET_NNODES", "1"), ("PET_NODE_RANK", "0"), ("PET_NPROC_PER_NODE", "4"))),
            Is.EqualTo(new[] { "--nproc is 2, but PET_NPROC_PER_NODE is 4; leave --nproc out." }));
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

    [Test]
    public void Agents_OfSeveralHosts_NeedASecretUnlessInsecure()
    {
        (string, string)[] hosts = [("RANK", "0"), ("WORLD_SIZE", "2"), ("MASTER_ADDR", "host0")];
        var secure = Options with { Insecure = false };
        Assert.That(
            Errors(() => Read(secure, null, hosts)),
            Is.EqualTo(new[]
            {
                "MASTER_ADDR is host0, but no secret is given, without which only processes of one host may meet; set LHTS_SECRET_FILE (or LHTS_SECRET) "
                + "to the same for all, or give --insecure where nobody else can reach the port.",
            }));
        Assert.That(Read(secure, null, [.. hosts, ("LHTS_SECRET", " sixteen letters! \n")])!.Secret, Is.EqualTo("sixteen letters!"u8.ToArray()));
        Assert.That(Read(Options, null, hosts)!.Secret, Is.Null);
        Assert.That(Read(secure, null, ("RANK", "0"), ("WORLD_SIZE", "2"), ("MASTER_ADDR", "127.0.0.1"))!.Secret, Is.Null, "one host");
        Assert.That(
            Errors(() => Read(secure, null, [.. hosts, ("LHTS_SECRET", "short")])),
            Is.EqualTo(new[] { "the secret of LHTS_SECRET has 5 bytes, but must have at least 16." }));
        Assert.That(
            Errors(() => Read(Options, null, [.. hosts, ("LHTS_SECRET_FILE", "/no/such/file")])),
            Is.EqualTo(new[] { "LHTS_SECRET_FILE is '/no/such/file', which cannot be read." }));
        Assert.That(
            Errors(() => Read(Options, null, [.. hosts, ("LHTS_SECRET", "sixteen letters!"), ("LHTS_SECRET_FILE", "x")])),
            Does.Contain("LHTS_SECRET and LHTS_SECRET_FILE are both set; unset one."));
    }
}
