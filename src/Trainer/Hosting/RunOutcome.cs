namespace Lhts.Trainer.Hosting;

/// <summary>How the run ended. A background service that fails ends the host without an error, so the code is kept here.</summary>
public sealed class RunOutcome
{
    /// <summary>The exit code; failed until something better is known.</summary>
    public int ExitCode { get; set; } = Launching.ExitCode.Failed;
}
