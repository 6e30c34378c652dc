using System.Globalization;
using Lhts.Basics;
using Lhts.Trainer.Ownership;
using Lhts.Trainer.Parallel;

namespace Lhts.Trainer.Checkpoints;

/// <summary>
/// The checkpoints of a stage, a folder each. A new one is written beside under a hidden name, made durable and renamed: it is complete or
/// invisible.
/// </summary>
/// <param name="folder">Where they are.</param>
/// <param name="keep">How many of the newest stay.</param>
/// <param name="owner">The right to publish here. Default unchecked.</param>
public sealed class CheckpointStore(string folder, int keep, RunOwner? owner = null)
{
    private const string Prefix = "step-";
    private const string Unfinished = ".unfinished-";

    /// <summary>Takes complete checkpoints elsewhere. Default null: nobody does.</summary>
    public CheckpointMirror? Mirror { get; init; }

    /// <summary>
    /// Writes the checkpoint of a step and removes the oldest beyond those kept. Every rank calls it; the checkpoint is complete once all ranks have
    /// written their files and the leader the manifest over them.
    /// </summary>
    /// <param name="step">Steps made.</param>
    /// <param name="write">Writes the leader's files into the folder it is given.</param>
    /// <param name="writeShare">Writes this rank's own files, if it has any, into the same folder.</param>
    /// <param name="ranks">The ranks.</param>
    /// <returns>Bytes written, all ranks together; 0 on other ranks than the leader.</returns>
    public long Save(long step, Action<string> write, Action<string> writeShare, Ranks ranks)
    {
        var unfinished = ranks.FromLeader(() => Begin(step, write), CancellationToken.None, "the checkpoint");
        writeShare(unfinished);
        ranks.Sum(1); // all have come this far
        long bytes = 0;
        ranks.LeaderOnly(() => bytes = Complete(unfinished, step), CancellationToken.None);
        return bytes;
    }

    /// <summary>Under the owner's own name, which whoever takes over removes: the former owner then has nothing to publish.</summary>
    private string Begin(long step, Action<string> write)
    {
        owner?.Check();
        Directory.CreateDirectory(folder);
        RemoveUnfinished();
        var unfinished = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Unfinished}{owner?.Epoch ?? 0}-{step}"));
        Directory.CreateDirectory(unfinished);
        write(unfinished);
        return unfinished;
    }

    private void RemoveUnfinished()
    {
        foreach (var stale in Directory.EnumerateDirectories(folder, Unfinished + "*")) Directory.Delete(stale, recursive: true);
    }

    private long Complete(string unfinished, long step)
    {
        var manifest = CheckpointManifest.Of(unfinished);
        manifest.Write(unfinished);
        foreach (var inner in Directory.EnumerateDirectories(unfinished, "*", SearchOption.AllDirectories)) AtomicFile.FlushFolder(inner);

        owner?.Check();
        var target = PathOf(step);
        if (Directory.Exists(target)) Directory.Delete(target, recursive: true); // damaged: a sound one would have been resumed from
        Directory.Move(unfinished, target);
        AtomicFile.FlushFolder(folder);
        Mirror?.Post(target);
        foreach (var old in Steps().SkipLast(keep).Select(PathOf).Where(path => Mirror?.IsTaking(path) is not true)) Directory.Delete(old, recursive: true);
        return manifest.TotalBytes;
    }

    /// <summary>The newest complete checkpoint; damaged ones before it are reported and passed over.</summary>
    /// <param name="warn">Told of each damaged one.</param>
    /// <returns>Its folder, or null where there is none.</returns>
    public string? FindNewest(Action<string> warn)
    {
        if (Directory.Exists(folder)) RemoveUnfinished();
        foreach (var step in Steps().Reverse())
        {
            var path = PathOf(step);
            if (CheckpointManifest.FaultOf(path) is not { } fault) return path;
            warn($"checkpoint '{path}' is damaged ({fault}); going back to the one before it");
        }

        return null;
    }

    private IReadOnlyList<long> Steps() => !Directory.Exists(folder)
        ? []
        : [.. Directory.EnumerateDirectories(folder, Prefix + "*").Select(StepOf).OfType<long>().Order()];

    private string PathOf(long step) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:00000000}"));

    private static long? StepOf(string path) =>
        long.TryParse(Path.GetFileName(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;
}
