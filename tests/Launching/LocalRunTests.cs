using Lhts.Launching.Processes;

namespace Lhts.Launching.Tests;

/// <summary>One agent with its workers, all of them processes.</summary>
[Parallelizable(ParallelScope.Children)]
public sealed class LocalRunTests
{
    private const int SigStop = 19;

    [Test]
    public void Workers_OfOneAgent_AreToldWhoTheyAreAndAreHeard()
    {
        using var run = new Run();
        var agent = run.StartAlone(2);
        var workers = run.WaitForWorkers(0, 2);
        var threads = Math.Max(1, Environment.ProcessorCount / 2);
        for (var rank = 0; rank < 2; rank++)
        {
            var note = run.Note(0, rank);
            Assert.That(note[0], Does.Match(
                $@"Rank = {rank}, WorldSize = 2, LocalRank = {rank}, LocalWorldSize = 2, "
                + @"MasterAddress = 127.0.0.1, MasterPort = [1-9]\d+, Generation = 0, IsStoreHosted = False"));
            Assert.That(note[1], Is.EqualTo($"{threads}"));
        }

        Assert.That(File.ReadAllText($"/proc/{agent.Id}/maps"), Does.Not.Contain("torch").And.Not.Contain("liblhts"));
        Run.Signal(HelperProgram.Succeed, workers);
        Assert.That(agent.Wait(), Is.EqualTo(ExitCode.Done), agent.Errors);
        Assert.That(agent.Output, Is.EqualTo("[rank 0] héllo from 0\n"));
        Assert.That(agent.Errors, Is.EqualTo("[rank 1] héllo from 1\n"));
    }

    [Test]
    public void Worker_Killed_HasAllStartedAgain()
    {
        using var run = new Run();
        var agent = run.StartAlone(2);
        var first = run.WaitForWorkers(0, 2);
        Run.Signal(Libc.SigKill, first[1]);
        var second = run.WaitForWorkers(1, 2);
        Assert.That(first.Where(Run.IsAlive), Is.Empty);
        Run.Signal(HelperProgram.Succeed, second);
        Assert.That(agent.Wait(), Is.EqualTo(ExitCode.Done), agent.Errors);
        Assert.That(agent.Errors,
            Does.Match($@"rank 1 \(\S+, process {first[1]}\) was ended by SIGKILL").And.Match("restart 1 of 3: 2 ranks are back after .* s"));
    }

    [Test]
    public void Worker_Stopped_IsFoundByItsSilence()
    {
        using var run = new Run { Options = Run.Of(1) };
        var agent = run.StartAlone(2);
        var first = run.WaitForWorkers(0, 2);
        Run.Signal(SigStop, first[0]);
        Run.Signal(HelperProgram.Succeed, run.WaitForWorkers(1, 2));
        Assert.That(agent.Wait(), Is.EqualTo(ExitCode.Done), agent.Errors);
        Assert.That(first.Where(Run.IsAlive), Is.Empty);
        Assert.That(agent.Errors, Does.Match($@"rank 0 \(\S+, process {first[0]}\) gave no sign of life for"));
    }

    [Test]
    public void Agent_Killed_LeavesNoWorkerBehind()
    {
        using var run = new Run();
        var agent = run.StartAlone(3);
        var workers = run.WaitForWorkers(0, 3);
        Run.Signal(SigStop, workers[1]);
        agent.Kill();
        run.Wait(() => !workers.Any(Run.IsAlive), "the workers to end");
    }

    [Test]
    public void Agent_ToldToStop_HasItsWorkersSaveAndEndsWithThree()
    {
        using var run = new Run();
        var agent = run.StartAlone(2);
        var workers = run.WaitForWorkers(0, 2);
        Run.Signal(Libc.SigTerm, agent.Id, agent.Id);
        Assert.That(agent.Wait(), Is.EqualTo(ExitCode.Stopped), agent.Errors);
        Assert.That(workers.Where(Run.IsAlive), Is.Empty);
    }

    [Test]
    public void Input_ThatOneRankRefuses_EndsTheRunWithTwo()
    {
        using var run = new Run();
        var agent = run.StartAlone(2);
        Run.Signal(HelperProgram.Refuse, run.WaitForWorkers(0, 2)[1]);
        Assert.That(agent.Wait(), Is.EqualTo(ExitCode.BadInput), agent.Errors);
        Assert.That(agent.Errors, Does.Match(@"lhts: rank 1 \(\S+, process \d+\) ended with exit code 2: this cannot be used"));
        Assert.That(run.HasGeneration(1), Is.False);
    }

    [Test]
    public void Failures_BeyondTheBound_EndTheRunWithTheFirst()
    {
        using var run = new Run { Options = Run.Of(2) with { MaxRestarts = 1 } };
        var agent = run.StartAlone(2);
        Run.Signal(HelperProgram.Crash, run.WaitForWorkers(0, 2)[1]);
        Run.Signal(Libc.SigKill, run.WaitForWorkers(1, 2)[0]);
        Assert.That(agent.Wait(), Is.EqualTo(ExitCode.Failed), agent.Errors);
        Assert.That(agent.Errors, Does.Contain("given up after 1 restart (distributed.maxRestarts); the last failure: rank 0 ")
            .And.Match(@"the first failure: rank 1 \(\S+, process \d+\) ended with exit code 1: something broke\n$"));
        Assert.That(run.HasGeneration(2), Is.False);
    }

    [Test]
    public async Task Stop_AskedInTheRunFolder_StopsTheRun()
    {
        var folder = Directory.CreateTempSubdirectory("lhts-stop-").FullName;
        await File.WriteAllTextAsync(StopRequest.PathIn(folder), "left by somebody who gave up");
        using var run = new Run { Options = Run.Of(2) with { RunFolder = folder } };
        var agent = run.StartAlone(2);
        run.WaitForWorkers(0, 2);
        Assert.That(await StopRequest.AskAsync(folder, TimeSpan.FromSeconds(30), TimeProvider.System), Is.True);
        Assert.That(agent.Wait(), Is.EqualTo(ExitCode.Stopped), agent.Errors);
        Assert.That(await StopRequest.AskAsync(folder, TimeSpan.Zero, TimeProvider.System), Is.False, "nobody is there any more");
        Assert.That(Directory.EnumerateFileSystemEntries(folder), Is.Empty);
        Directory.Delete(folder);
    }
}
