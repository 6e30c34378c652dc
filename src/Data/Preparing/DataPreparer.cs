using Lhts.Data.DuckDb;
using Lhts.Data.Preparing.Tasks;

namespace Lhts.Data.Preparing;

/// <summary>Turns text into Parquet shards: complete or invisible, and in bounded memory.</summary>
public static class DataPreparer
{
    /// <summary>Writes the shards and returns what was written.</summary>
    /// <exception cref="FileNotFoundException">The source, or the program that prints it, is not there.</exception>
    /// <exception cref="InvalidDataException">The source is malformed; the message has the file and line.</exception>
    /// <exception cref="IOException">The output exists or cannot be written.</exception>
    public static PrepareProgress Prepare(PrepareOptions options, IProgress<PrepareProgress>? progress = null, CancellationToken cancellation = default)
    {
        Validate(options);
        if (options.Task is not { } task)
        {
            return Write(options.Source is { } path ? new FileSource(path, options) : new BibleSource(options.BibleProgram), options, progress, cancellation);
        }

        // The demonstrations last: their folder says that both are there.
        Write(new TaskSource(task, isHeldOut: true), options with { Output = PrepareOptions.HeldOutOf(options.Output) }, null, cancellation);
        return Write(new TaskSource(task, isHeldOut: false), options, progress, cancellation);
    }

    private static PrepareProgress Write(
        IDocumentSource source, PrepareOptions options, IProgress<PrepareProgress>? progress, CancellationToken cancellation)
    {
        var output = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Output));
        if (File.Exists(output)) throw new IOException($"The output '{output}' is a file. Give the path of a folder to make.");
        if (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any())
        {
            throw new IOException($"The output folder '{output}' is not empty. Give another, or remove it.");
        }

        using var work = UnfinishedFolder.Make(output);
        var result = new ShardWriter(source, options, progress).Write(work.Path, cancellation);
        if (Directory.Exists(output)) Directory.Delete(output);
        work.Publish();
        return source is FileSource files ? result with { Files = files.NumFiles, Ignored = files.Ignored } : result;
    }

    private static void Validate(PrepareOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RowGroupRows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.RowGroupRows, TextChunk.MaxRows);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RowGroupBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ShardBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxRowBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxDocumentBytes, 1);
        if (options.Task is { } task && task.Faults().ToArray() is { Length: > 0 } faults)
        {
            throw new InvalidDataException($"{task.Title}: {string.Join("; ", faults)}.");
        }
    }
}
