using Lhts.Data.DuckDb;
using Lhts.Data.Storage;

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
        var output = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Output));
        if (File.Exists(output)) throw new IOException($"The output '{output}' is a file. Give the path of a folder to make.");
        if (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any())
        {
            throw new IOException($"The output folder '{output}' is not empty. Give another, or remove it.");
        }

        IDocumentSource source = options.Source is { } path ? new FileSource(path, options) : new BibleSource(options.BibleProgram);
        var parent = Path.GetDirectoryName(output)!;
        var temporary = Path.Combine(parent, $".{Path.GetFileName(output)}.{Guid.NewGuid():N}.tmp");
        MakeFolder(temporary, output);
        try
        {
            var result = new ShardWriter(source, options, progress).Write(temporary, cancellation);
            if (Directory.Exists(output)) Directory.Delete(output);
            DurableFile.PublishFolder(temporary, output);
            return result;
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    private static void MakeFolder(string temporary, string output)
    {
        try
        {
            Directory.CreateDirectory(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The output folder '{output}' cannot be made: {error.Message} Give a path that you may write to.");
        }
    }

    private static void Validate(PrepareOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RowGroupRows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.RowGroupRows, TextChunk.MaxRows);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RowGroupBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ShardBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxDocumentBytes, 1);
    }
}
