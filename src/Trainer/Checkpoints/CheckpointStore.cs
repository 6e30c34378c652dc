using System.Globalization;
using Lhts.Basics;
using Lhts.Trainer.Ownership;
using Lhts.Trainer.Parallel;

namespace Lhts.Trainer.Checkpoints;

/// <summary>A checkpoint that is being written.</summary>
/// <param name="Step">Steps made.</param>
/// <param name="Folder">The unfinished folder, the same on all ranks.</param>
/// <param name="Own">Where this rank writes its files.</param>
/// <param name="Key">Under which the ranks tell what they have written.</param>
public sealed record UnfinishedCheckpoint(long Step, string Folder, string Own, string Key);

/// <summary>
/// The checkpoints of a stage, a folder each. A new one is written beside under a hidden name, made durable and renamed: it is complete or invisible. One that
/// turns out to be damaged is set aside as damaged-step-NUMBER.
/// </summary>
/// <param name="folder">Where they are.</param>
/// <param name="keep">How many of the newest sound ones stay.</param>
/// <param name="owner">The right to publish here. Default unchecked.</param>
public sealed class CheckpointStore(string folder, int keep, RunOwner? owner = null)
{
    private const string Prefix = "step-";
    private const string Unfinished = ".unfinished-";
    private const string Damaged = "damaged-";

    /// <summary>Takes complete checkpoints elsewhere. Default null: nobody does.</summary>
    public CheckpointMirror? Mirror { get; init; }

    /// <summary>Whether the stage begins anew where all of its checkpoints are damaged. Default false: that is an error.</summary>
    public bool StartsOver { get; init; }

    /// <summary>Makes the folder that a checkpoint is written into. Every rank calls it.</summary>
    public UnfinishedCheckpoint Begin(long step, Ranks ranks)
    {
        var unfinished = ranks.FromLeader(() => Begin(step), CancellationToken.None, "the folder of a checkpoint");
        var own = Path.Combine(unfinished, string.Create(CultureInfo.InvariantCulture, $".rank-{ranks.Rank}"));
        PatientReads.Await(() => Directory.Exists(unfinished));
        Directory.CreateDirectory(own);
        return new UnfinishedCheckpoint(step, unfinished, own, ranks.NewKey());
    }

    /// <summary>
    /// Publishes a checkpoint once all ranks have told which files they wrote, and removes the oldest beyond those kept. Every rank calls it, on any thread;
    /// the leader waits for the others, and for their files to be seen here.
    /// </summary>
    /// <param name="checkpoint">The checkpoint, with this rank's files.</param>
    /// <param name="ranks">The ranks.</param>
    /// <param name="end">Ends the wait.</param>
    /// <returns>Bytes written, all ranks together; 0 on other ranks than the leader.</returns>
    /// <exception cref="IOException">A file of another rank is not to be seen.</exception>
    public long Complete(UnfinishedCheckpoint checkpoint, Ranks ranks, CancellationToken end = default)
    {
        var files = CheckpointManifest.FilesOf(checkpoint.Own);
        foreach (var file in files) Move(Path.Combine(checkpoint.Own, file.Path), Path.Combine(checkpoint.Folder, file.Path));
        Directory.Delete(checkpoint.Own, recursive: true);
        var told = ranks.Tell(checkpoint.Key, CheckpointManifest.ToText(files), "its part of a checkpoint", end);
        return ranks.IsLeader ? Publish(checkpoint, CheckpointManifest.FromTexts(told)) : 0;
    }

    /// <summary>The newest complete checkpoint; damaged ones before it are reported and set aside.</summary>
    /// <param name="warn">Told of each damaged one.</param>
    /// <returns>Its folder, or null where there is none.</returns>
    /// <exception cref="InvalidDataException">All of them are damaged, and the stage is not to begin anew.</exception>
    /// <exception cref="IOException">One cannot be read, again and again.</exception>
    public string? FindNewest(Action<string> warn)
    {
        if (!Directory.Exists(folder)) return null;
        RemoveUnfinished();
        foreach (var step in Steps().Reverse())
        {
            var path = PathOf(step);
            if (CheckpointManifest.FaultOf(path) is not { } fault) return path;
            warn($"checkpoint '{path}' is damaged ({fault}): it is set aside as '{SetAside(path)}'; going back to the one before it");
        }

        if (Directory.GetDirectories(folder, Damaged + "*") is not { Length: > 0 } damaged) return null;
        if (!StartsOver)
        {
            throw new InvalidDataException(
                $"All {damaged.Length} checkpoints in '{folder}' are damaged. Put a sound one back as step-NUMBER, or start with --start-over, "
                + "which makes the stage's steps again from the first one.");
        }

        foreach (var path in damaged) Directory.Delete(path, recursive: true);
        warn($"all checkpoints in '{folder}' were damaged: starting over at the first step");
        return null;
    }

    /// <summary>Under the owner's own name, which whoever takes over removes: the former owner then has nothing to publish.</summary>
    private string Begin(long step)
    {
        owner?.Check();
        Directory.CreateDirectory(folder);
        RemoveUnfinished();
        var unfinished = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Unfinished}{owner?.Epoch ?? 0}-{step}"));
        Directory.CreateDirectory(unfinished);
        return unfinished;
    }

    private void RemoveUnfinished()
    {
        foreach (var stale in Directory.EnumerateDirectories(folder, Unfinished + "*")) Directory.Delete(stale, recursive: true);
    }

    private long Publish(UnfinishedCheckpoint checkpoint, CheckpointManifest manifest)
    {
        var unfinished = checkpoint.Folder;
        foreach (var file in manifest.Files.Select(file => Path.Combine(unfinished, file.Path)))
        {
            if (!PatientReads.Await(() => File.Exists(file))) throw new IOException($"'{file}', which another rank has written, is not to be seen here.");
        }

        manifest.Write(unfinished);
        foreach (var inner in Directory.EnumerateDirectories(unfinished, "*", SearchOption.AllDirectories)) AtomicFile.FlushFolder(inner);
        owner?.Check();
        var target = PathOf(checkpoint.Step);
        if (Directory.Exists(target)) SetAside(target); // damaged: a sound one would have been resumed from
        Directory.Move(unfinished, target);
        AtomicFile.FlushFolder(folder);
        Mirror?.Post(target);
        foreach (var old in Superfluous()) Directory.Delete(old, recursive: true);
        return manifest.TotalBytes;
    }

    /// <summary>All but the newest that look sound; what is before them goes, what does not look sound does not count.</summary>
    private IEnumerable<string> Superfluous()
    {
        var sound = Steps().Select(PathOf).Where(CheckpointManifest.LooksComplete).TakeLast(keep).ToArray();
        return Steps().Select(PathOf)
            .Where(path => sound.Length == keep && string.CompareOrdinal(path, sound[0]) < 0 && Mirror?.IsTaking(path) is not true).ToArray();
    }

    private string SetAside(string path)
    {
        var name = Path.Combine(folder, Damaged + Path.GetFileName(path));
        var aside = Enumerable.Range(1, int.MaxValue).Select(number => number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"))
            .First(candidate => !Directory.Exists(candidate));
        Directory.Move(path, aside);
        return aside;
    }

    private static void Move(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Move(from, to);
    }

    private IReadOnlyList<long> Steps() => !Directory.Exists(folder)
        ? []
        : [.. Directory.EnumerateDirectories(folder, Prefix + "*").Select(StepOf).OfType<long>().Order()];

    private string PathOf(long step) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:00000000}"));

    private static long? StepOf(string path) =>
        long.TryParse(Path.GetFileName(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;
}
