using Lhts.Basics;
using Lhts.Data.DuckDb;
using Lhts.Data.Parquet;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Scores;

/// <summary>
/// Writes a teacher's log-probs of a data set: for each shard a Parquet file of the same relative name with a row for each
/// of its rows. The folder is complete or not there; what is done of it is kept beside it, shard by shard, and a later start
/// goes on from there. One row group of log-probs is in memory.
/// </summary>
/// <param name="data">The documents.</param>
/// <param name="tokenizer">What encodes them.</param>
/// <param name="source">What the scores are made from.</param>
/// <param name="score">The teacher.</param>
/// <param name="badRows">Fail at rows that cannot be read or encoded (default), or give them NULL as training passes over them.</param>
public sealed class ScoreWriter(DataSet data, ITokenizer tokenizer, ScoreSource source, TokenScorer score, BadRows badRows = BadRows.Fail)
{
    private long _documents, _tokens;

    /// <summary>Writes the folder; does nothing when these scores are there.</summary>
    /// <exception cref="InvalidDataException">
    /// A document cannot be read or encoded, a log-prob of the teacher is none, or the output is taken by something else or lies among the data.
    /// </exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public ScoreProgress Write(string output, IProgress<ScoreProgress>? progress = null, CancellationToken cancellation = default)
    {
        output = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        (_documents, _tokens) = (0, 0);
        if (IsDone(output)) return new ScoreProgress(data.NumDocuments, 0);
        var unfinished =
            Path.Combine(Path.GetDirectoryName(output)!, $".{Path.GetFileName(output)}.{new ScoreManifest(source, []).Fingerprint[..16]}.unfinished");
        MakeFolder(unfinished, output);
        try
        {
            var shards = Enumerable.Range(0, data.Manifest.Shards.Length).Select(shard => Ensure(shard, unfinished, progress, cancellation));
            new ScoreManifest(source, [.. shards]).Save(unfinished);
            if (Directory.Exists(output)) Directory.Delete(output);
            AtomicFile.PublishFolder(unfinished, output);
            return new ScoreProgress(_documents, _tokens);
        }
        finally
        {
            if (Directory.Exists(unfinished) && !Directory.EnumerateFiles(unfinished, "*", SearchOption.AllDirectories).Any())
            {
                Directory.Delete(unfinished, recursive: true);
            }
        }
    }

    private bool IsDone(string output)
    {
        if (File.Exists(output)) throw new InvalidDataException($"'{output}' is a file. Give the path of a folder to make.");
        if (data.WouldRead(output))
        {
            throw new InvalidDataException(
                $"The folder '{output}' lies in that of the data, so that its files would be taken for documents. Choose one elsewhere, or one whose name "
                + "starts with '_'.");
        }

        if (!Directory.Exists(output) || !Directory.EnumerateFileSystemEntries(output).Any()) return false;
        if (!File.Exists(Path.Combine(output, ScoreManifest.FileName)))
        {
            throw new InvalidDataException($"The folder '{output}' is not empty. Choose another, or remove it.");
        }

        ScoreSet.Open(output, data, source);
        return true;
    }

    private ScoreShard Ensure(int shard, string folder, IProgress<ScoreProgress>? progress, CancellationToken cancellation)
    {
        var (name, numRows) = (data.Manifest.Shards[shard].Name, data.Manifest.Shards[shard].NumRows);
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            var temporary = path + ".tmp";
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            try
            {
                WriteShard(shard, temporary, progress, cancellation);
                AtomicFile.PublishFile(temporary, path);
            }
            finally
            {
                File.Delete(temporary);
            }
        }
        else
        {
            _documents += numRows;
        }

        progress?.Report(new ScoreProgress(_documents, _tokens));
        var (numBytes, footer) = ParquetFooter.Read(path);
        return new ScoreShard(name, numRows, numBytes, footer);
    }

    private void WriteShard(int shard, string path, IProgress<ScoreProgress>? progress, CancellationToken cancellation)
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { NumThreads = 1 });
        using var connection = database.Connect();
        using var groups = new ShardScorer(data, tokenizer, source.Pieces with { BadRows = badRows }, score).Score(shard, cancellation).GetEnumerator();
        using var table = connection.AddFloatListTable("scores", chunk => Fill(groups, chunk, progress));
        try
        {
            // A row group ends at the first chunk that reaches its size of 1: at every chunk.
            connection.Execute(
                $"COPY (SELECT numbers AS {ScoreReader.Column} FROM scores()) TO {DuckDbConnection.Literal(path)} (FORMAT parquet, COMPRESSION zstd, "
                + "ROW_GROUP_SIZE 1)");
        }
        catch (DuckDbException error)
        {
            if (table.Error is { } cause) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
            throw new IOException($"The scores '{path}' cannot be written: {error.FirstLine}", new IOException(error.Message));
        }
    }

    private int Fill(IEnumerator<float[]?[]> groups, FloatListChunk chunk, IProgress<ScoreProgress>? progress)
    {
        progress?.Report(new ScoreProgress(_documents, _tokens));
        if (!groups.MoveNext()) return 0;
        var rows = groups.Current;
        for (var row = 0; row < rows.Length; row++)
        {
            if (rows[row] is { } logProbs) chunk.Set(row, logProbs);
            else chunk.SetNull(row);
            _tokens += rows[row]?.Length ?? 0;
        }

        _documents += rows.Length;
        return rows.Length;
    }

    private static void MakeFolder(string unfinished, string output)
    {
        try
        {
            Directory.CreateDirectory(unfinished);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The output folder '{output}' cannot be made: {error.Message} Give a path that you may write to.", error);
        }
    }
}
