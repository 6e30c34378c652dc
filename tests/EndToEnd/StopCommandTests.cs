namespace Lhts.EndToEnd.Tests;

/// <summary><c>lhts stop</c> on a run of one process.</summary>
[NonParallelizable]
public sealed class StopCommandTests
{
    [Test]
    public void Stop_OfARun_IsHeardAndOneOfNoneIsNot()
    {
        using var run = new TinyRun();
        var process = run.Start("train", "recipe.yaml");
        process.WaitUntil(() => File.Exists(run.PathOf("run", "metrics.jsonl")));
        var asked = run.Run("stop", "run");
        Assert.That(asked.ExitCode, Is.EqualTo(ExitCode.Done), asked.Errors);
        var stopped = process.Wait();
        Assert.That(stopped.ExitCode, Is.EqualTo(ExitCode.Stopped), stopped.Errors);
        var unheard = run.Run("stop", "run", "--wait", "0");
        Assert.That((unheard.ExitCode, unheard.Errors),
            Is.EqualTo((ExitCode.Failed, "lhts: no process of a run in 'run' has heard within 0 s; nothing was stopped.\n")));
        Assert.That(run.Run("stop", "nowhere").ExitCode, Is.EqualTo(ExitCode.BadInput));
    }
}
