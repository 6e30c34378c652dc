namespace Lhts.Launching;

/// <summary>What the process ends with.</summary>
public static class ExitCode
{
    /// <summary>All done.</summary>
    public const int Done = 0;

    /// <summary>The run failed for a reason of its own: a bug, memory, a loss that is not finite.</summary>
    public const int Failed = 1;

    /// <summary>The recipe, the data or the arguments cannot be used; nothing was half-written.</summary>
    public const int BadInput = 2;

    /// <summary>Stopped by Ctrl-C, SIGTERM or a lost connection; a checkpoint is saved, and the same command goes on from it.</summary>
    public const int Stopped = 3;

    /// <summary>Of one rank among several: a collective failed because another rank was gone. Never the first cause of a failure.</summary>
    public const int LostPeers = 4;
}
