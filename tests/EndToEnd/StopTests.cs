using System.Net.Sockets;
using Lhts.Trainer;
using Lhts.Trainer.Hosting;

namespace Lhts.EndToEnd.Tests;

/// <summary>What a signal does to a run, and what is said about it.</summary>
[NonParallelizable]
public sealed class StopTests
{
    private TinyRun run = null!;

    [SetUp]
    public void Make() => run = new TinyRun();

    [TearDown]
    public void Remove() => run.Dispose();

    [TestCase("HUP")]
    [TestCase("INT")]
    public void Signal_InMidRun_SavesTheLastStep(string signal)
    {
        File.WriteAllText(run.RecipePath, TinyRun.Recipe(teacherSteps: "100000"));
        var process = run.Start("train", "recipe.yaml");
        process.WaitUntil(() => File.Exists(run.PathOf("run", "metrics.jsonl")) && File.ReadAllLines(run.PathOf("run", "metrics.jsonl")).Length > 2);
        process.Signal(signal);
        var result = process.Wait();
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Stopped), result.Errors);
        Assert.That(result.Output,
            Does.Contain("stopping after this step, which is then saved; Ctrl-C again ends at once").And.Contain("stopped: the last step is saved"));
        Assert.That(Directory.EnumerateDirectories(run.PathOf("run", "teacher", "checkpoints")), Is.Not.Empty);
    }

    [Test]
    public void Interrupt_IsAcknowledgedAtOnceAndASecondOneEnds()
    {
        var gate = run.PathOf("gate");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(gate));
        listener.Listen();
        var process = LhtsProcess.Start(run.Folder, new Dictionary<string, string> { [PhaseGate.Variable] = gate }, "train", "recipe.yaml");
        using var rank = listener.Accept();
        Pass(rank, "start");
        Hold(rank, "backward");
        process.Signal("INT");
        process.WaitUntil(() => process.Output.Contains("stopping after this step", StringComparison.Ordinal));
        Assert.That(process.HasExited, Is.False, "the step is not over");
        process.Signal("INT");
        var result = process.Wait();
        Assert.That(result.ExitCode, Is.EqualTo(130), result.Output + result.Errors);
    }

    [Test]
    public void Stop_BeforeTheFirstStep_DoesNotSayThatOneIsSaved()
    {
        var gate = run.PathOf("gate");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(gate));
        listener.Listen();
        File.WriteAllText(run.RecipePath, TinyRun.Recipe().Replace("source: text.txt", "source: endless", StringComparison.Ordinal));
        using var fifo = System.Diagnostics.Process.Start("mkfifo", [run.PathOf("endless")]);
        fifo.WaitForExit();
        var process = run.Start("train", "recipe.yaml");
        using (var text = new FileStream(run.PathOf("endless"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
        {
            text.Write("one\n\n"u8);
            text.Flush();
            process.WaitUntil(() => File.Exists(run.PathOf("run", "recipe.yaml")));
            process.Signal("TERM");
            process.WaitUntil(() => process.Output.Contains("stopping after this step", StringComparison.Ordinal));
            try
            {
                text.Write("two\n\nthree\n\n"u8); // lets a reader that waits for more see the stop
            }
            catch (IOException)
            {
                // It has seen the stop already and reads no more.
            }
        }

        var result = process.Wait();
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Stopped), result.Output + result.Errors);
        Assert.That(result.Output, Does.Contain("stopped before there was anything to save").And.Not.Contain("the last step is saved"));
    }

    private static void Pass(Socket rank, string phase)
    {
        Hold(rank, phase);
        rank.Send("\n"u8);
    }

    /// <summary>Lets all phases pass until one, in which the rank then waits.</summary>
    private static void Hold(Socket rank, string phase)
    {
        var buffer = new byte[256];
        while (true)
        {
            var line = System.Text.Encoding.ASCII.GetString(buffer, 0, rank.Receive(buffer));
            if (line.EndsWith($" {phase}\n", StringComparison.Ordinal)) return;
            Assert.That(line, Is.Not.Empty, $"the run ended before {phase}");
            rank.Send("\n"u8);
        }
    }
}
