using System.Net;
using System.Net.Sockets;
using System.Text;
using Lhts.Launching.Processes;
using Lhts.Testing;

namespace Lhts.Launching.Tests;

/// <summary>Several agents over the loopback, all of them processes.</summary>
[Parallelizable(ParallelScope.Children)]
public sealed class MeetingTests
{
    private const int SigStop = 19;
    private const int SigContinue = 18;

    [Test]
    public void Agents_OfThreeProcesses_MakeOneRunAndOutliveLosses()
    {
        using var run = new Run();
        CollectedProcess[] agents = [run.Start(0, 3), run.Start(1, 3, numProcesses: 2), run.Start(2, 3)];
        run.WaitForWorkers(0, 4);
        Assert.That(run.Note(0, 2)[0], Does.Contain("Rank = 2, WorldSize = 4, LocalRank = 1, LocalWorldSize = 2"));
        agents[2].Kill();
        agents[2] = run.Start(2, 3);
        run.WaitForWorkers(1, 4);
        Run.Signal(Libc.SigTerm, agents[1].Id);
        Assert.That(agents.Select(agent => agent.Wait()), Is.All.EqualTo(ExitCode.Stopped));
        Assert.That(agents[0].Errors, Does.Match(@"lhts: agent 2 \(.*\) was lost: its connection").And.Contain("restart 1 of 3: 4 ranks are back"));
    }

    [Test]
    public void Coordinator_KilledAndStartedAgain_IsFoundByTheOthers()
    {
        using var run = new Run();
        CollectedProcess[] agents = [run.Start(0, 2), run.Start(1, 2)];
        var first = run.WaitForWorkers(0, 2);
        agents[0].Kill();
        run.Wait(() => !first.Any(Run.IsAlive), "the workers to end");
        agents[0] = run.Start(0, 2);
        Run.Signal(HelperProgram.Succeed, run.WaitForWorkers(1, 2));
        Assert.That(agents.Select(agent => agent.Wait()), Is.All.EqualTo(ExitCode.Done));
        Assert.That(agents[1].Errors, Does.Contain("lhts: agent 0 was lost: its connection").And.Contain("restart 1 of 3"));
    }

    [Test]
    public void Agent_Stopped_IsLostAndComesBackWhenItGoesOn()
    {
        using var run = new Run { Options = Run.Of(1.5) };
        CollectedProcess[] agents = [run.Start(0, 2), run.Start(1, 2)];
        var first = run.WaitForWorkers(0, 2);
        Run.Signal(SigStop, agents[1].Id);
        run.Wait(() => agents[0].Errors.Contains("was lost: no sign of life", StringComparison.Ordinal), "agent 0 to miss agent 1");
        Run.Signal(SigContinue, agents[1].Id);
        Run.Signal(HelperProgram.Succeed, run.WaitForWorkers(1, 2));
        Assert.That(agents.Select(agent => agent.Wait()), Is.All.EqualTo(ExitCode.Done));
        Assert.That(first.Where(Run.IsAlive), Is.Empty);
    }

    [Test]
    public void Elastic_LosingAnAgent_GoesOnWithoutItAndTakesItBack()
    {
        using var run = new Run { Options = Run.Of(2) with { Elastic = new ElasticRange { Min = 1, Max = 2 } } };
        CollectedProcess[] agents = [run.Start(0, 2), run.Start(1, 2)];
        run.WaitForWorkers(0, 2);
        agents[1].Kill();
        run.WaitForWorkers(1, 1);
        Assert.That(run.Note(1, 0)[0], Does.Contain("Rank = 0, WorldSize = 1,"));
        agents[1] = run.Start(1, 2);
        Run.Signal(HelperProgram.Succeed, run.WaitForWorkers(2, 2));
        Assert.That(agents.Select(agent => agent.Wait()), Is.All.EqualTo(ExitCode.Done));
        Assert.That(agents[0].Errors, Does.Contain("generation 2: 2 ranks are here now").And.Not.Contain("restart 2"));
    }

    [Test]
    public void Agent_OfAnElasticRunToldToEnd_LeavesAndTheOthersGoOn()
    {
        using var run = new Run { Options = Run.Of(2) with { Elastic = new ElasticRange { Min = 1, Max = 3 } } };
        CollectedProcess[] agents = [run.Start(0, 3), run.Start(1, 3), run.Start(2, 3)];
        run.WaitForWorkers(0, 3);
        Run.Signal(Libc.SigTerm, agents[1].Id);
        Assert.That(agents[1].Wait(), Is.EqualTo(ExitCode.Stopped), agents[1].Errors);
        run.WaitForWorkers(1, 2);
        agents[1] = run.Start(1, 3);
        Run.Signal(HelperProgram.Succeed, run.WaitForWorkers(2, 3));
        Assert.That(agents.Select(agent => agent.Wait()), Is.All.EqualTo(ExitCode.Done));
        Assert.That(agents[0].Errors, Does.Match(@"agent 1 \(.*\) leaves; the others save and go on").And.Not.Contain("restart"));
    }

    [Test]
    public void Agents_WithASecret_MeetAndHearNoStranger()
    {
        using var run = new Run { Secret = "known to these agents" };
        CollectedProcess[] agents = [run.Start(0, 2), run.Start(1, 2)];
        var workers = run.WaitForWorkers(0, 2);
        Assert.That(File.ReadAllText($"/proc/{workers[0]}/environ"), Does.Not.Contain("known to these agents"));
        run.Secret = null;
        var plain = run.Start(1, 2);
        run.Secret = "known to somebody else";
        var stranger = run.Start(1, 2);
        run.Wait(() => stranger.Errors.Contains("waiting for agent 0", StringComparison.Ordinal), "the stranger to be turned away");
        run.Wait(() => plain.Errors.Contains("waiting for agent 0", StringComparison.Ordinal), "the process without a secret to be turned away");
        Assert.That(AnswerTo(run.Port, Encoding.UTF8.GetBytes("{\"type\":\"stop\"}\n{\"type\":\"beat\"}\n{\"type\":\"stop\"}\n{\"type\":\"stop\"}\n")),
            Is.Empty);
        Run.Signal(HelperProgram.Succeed, workers);
        Assert.That(agents.Select(agent => agent.Wait()), Is.All.EqualTo(ExitCode.Done), agents[0].Errors + agents[1].Errors);
        Assert.That(agents[0].Errors + agents[1].Errors, Does.Not.Contain("lost").And.Not.Contain("restart").And.Not.Contain("agent 1 ("));
        Assert.That(run.HasGeneration(1), Is.False);
    }

    [Test]
    public void Strangers_WithGarbage_HarmNobody()
    {
        using var run = new Run();
        CollectedProcess[] agents = [run.Start(0, 2), run.Start(1, 2)];
        var workers = run.WaitForWorkers(0, 2);
        byte[][] garbage =
        [
            Encoding.UTF8.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Encoding.UTF8.GetBytes("{\"type\":\"world\"}\n"),
            Encoding.UTF8.GetBytes("{\"type\":\"stop\"}\n"),
            Encoding.UTF8.GetBytes("{\"type\":\"join\",\"run\":null}\n"), [0xff, 0xfe, (byte)'\n'], [.. Enumerable.Repeat((byte)'[', 100_000)], [],
        ];
        for (var i = 0; i < 300; i++) Knock(run.Port);
        foreach (var bytes in garbage) Assert.That(AnswerTo(run.Port, bytes), Is.Empty);
        Run.Signal(HelperProgram.Succeed, workers);
        Assert.That(agents.Select(agent => agent.Wait()), Is.All.EqualTo(ExitCode.Done));
        Assert.That(agents[0].Errors + agents[1].Errors, Does.Not.Contain("lost").And.Not.Contain("restart"));
    }

    [Test]
    public void Agents_ThatDoNotBelong_AreRefusedAndTold()
    {
        using var run = new Run();
        CollectedProcess[] agents = [run.Start(0, 2), run.Start(1, 2)];
        var workers = run.WaitForWorkers(0, 2);
        CollectedProcess[] strangers = [run.Start(1, 2, name: "other"), run.Start(1, 3), run.Start(1, 2)];
        Assert.That(strangers.Select(stranger => stranger.Wait()), Is.All.EqualTo(ExitCode.BadInput));
        Assert.That(strangers[0].Errors, Does.Match(@"lhts: 127.0.0.1:\d+ runs x, but this process was given other; start all with the same recipe."));
        Assert.That(strangers[1].Errors, Does.Contain("lhts: WORLD_SIZE is 3 here, but 2 for agent 0; start all with the same."));
        Assert.That(strangers[2].Errors, Does.Match(@"lhts: agent 1 \(.*\) is there already and alive; give each process a RANK of its own."));
        Run.Signal(HelperProgram.Succeed, workers);
        Assert.That(agents.Select(agent => agent.Wait()), Is.All.EqualTo(ExitCode.Done));
    }

    [Test]
    public void Port_ThatIsTaken_IsRefused()
    {
        using var run = new Run();
        using var socket = new TcpListener(IPAddress.Loopback, run.Port);
        socket.Start();
        var agent = run.Start(0, 2);
        Assert.That(agent.Wait(), Is.EqualTo(ExitCode.BadInput), agent.Errors);
        Assert.That(agent.Errors,
            Does.Contain($"agent 0 cannot listen at 127.0.0.1:{run.Port}: Address already in use; set MASTER_PORT to a port that is free on its host."));
    }

    [Test]
    public void Signal_WhileWaiting_EndsAtOnce()
    {
        using var run = new Run();
        var agent = run.Start(1, 2);
        run.Wait(() => agent.Errors.Contains("waiting for agent 0 at 127.0.0.1", StringComparison.Ordinal), "the agent to say what it waits for");
        Run.Signal(Libc.SigTerm, agent.Id);
        Assert.That(agent.Wait(), Is.EqualTo(ExitCode.Stopped), agent.Errors);
    }

    /// <summary>Connects and breaks the connection at once.</summary>
    private static void Knock(int port)
    {
        using var client = new TcpClient("127.0.0.1", port);
        client.LingerState = new LingerOption(true, 0);
    }

    /// <summary>What is answered to bytes until the connection is closed, by the other side.</summary>
    private static string AnswerTo(int port, byte[] bytes)
    {
        using var client = new TcpClient("127.0.0.1", port);
        using var stream = client.GetStream();
        try
        {
            stream.Write(bytes);
            return new StreamReader(stream).ReadToEnd();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
