using Lhts.Data.DuckDb;
using Lhts.Data.Parquet;

namespace Lhts.Data.Scores;

/// <summary>Reads the log-probs of blocks; one thread at a time.</summary>
internal sealed class ScoreReader(DuckDbConnection connection, Func<int, string> pathOf) : IDisposable
{
    /// <summary>The column of type FLOAT[].</summary>
    public const string Column = "log_probs";

    // The cast costs nothing where the type is right, and keeps a file of another type from being misread.
    private const string Sql =
        $"SELECT CAST({Column} AS FLOAT[]) FROM read_parquet(?, file_row_number = true, hive_partitioning = false) WHERE file_row_number >= ? AND "
        + "file_row_number < ?";

    /// <exception cref="InvalidDataException">The file is damaged or was replaced.</exception>
    public ScoreBlock Read(DataBlock block, CancellationToken cancellation)
    {
        using var interrupt = connection.InterruptOn(cancellation);
        var scores = new ScoreBlock(block);
        try
        {
            using var reader = connection.Query(Sql, FileGlob.Escape(pathOf(block.Shard)), block.FirstRow, block.FirstRow + block.NumRows);
            while (reader.NextChunk()) Append(scores, reader, block);
        }
        catch (DuckDbException error)
        {
            cancellation.ThrowIfCancellationRequested();
            throw Broken(block, $"cannot be read: {error.FirstLine}");
        }

        return scores.NumRows == block.NumRows ? scores : throw Broken(block, $"are {scores.NumRows} instead of {block.NumRows}.");
    }

    public void Dispose() => connection.Dispose();

    private void Append(ScoreBlock scores, DuckDbReader reader, DataBlock block)
    {
        if (scores.NumRows + reader.NumRows > block.NumRows) throw Broken(block, $"are more than {block.NumRows}.");
        var column = reader.FloatLists(0);
        for (var row = 0; row < reader.NumRows; row++)
        {
            var values = column.IsNull(row) ? default : column.Values(row);
            if ((!column.IsNull(row) && column.HasNulls(row)) || values.ContainsAnyExceptInRange(float.MinValue, 0))
            {
                throw Broken(block, $"hold values that are no log-probs: in row {block.FirstRow + scores.NumRows}.");
            }

            scores.Add(values);
        }
    }

    private InvalidDataException Broken(DataBlock block, string what) =>
        new(
            $"The teacher's scores in '{pathOf(block.Shard)}' (rows {block.FirstRow} to {block.FirstRow + block.NumRows - 1}) {what} Delete the folder of "
            + "scores, and make them anew with 'lhts data score'.");
}
