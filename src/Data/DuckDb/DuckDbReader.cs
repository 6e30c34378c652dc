namespace Lhts.Data.DuckDb;

/// <summary>Walks over the chunks of a result; at any time one chunk is in memory.</summary>
internal sealed class DuckDbReader(ResultHandle result) : IDisposable
{
    private ChunkHandle? _chunk;

    /// <summary>Rows of the current chunk.</summary>
    public int NumRows { get; private set; }

    /// <summary>Columns of the current chunk.</summary>
    public int NumColumns => _chunk?.NumColumns ?? 0;

    /// <summary>Goes to the next chunk; false after the last.</summary>
    /// <exception cref="DuckDbException">The query failed while running.</exception>
    public bool NextChunk()
    {
        _chunk?.Dispose();
        _chunk = null;
        _chunk = result.FetchChunk();
        NumRows = _chunk?.NumRows ?? 0;
        return NumRows > 0;
    }

    /// <summary>A column of the current chunk.</summary>
    public ColumnVector Column(int index) => Current.Column(index);

    /// <summary>A column of type FLOAT[] of the current chunk.</summary>
    public FloatListVector FloatLists(int index) => Current.FloatLists(index);

    private ChunkHandle Current => _chunk ?? throw new InvalidOperationException("There is no current chunk.");

    public void Dispose()
    {
        _chunk?.Dispose();
        result.Dispose();
    }
}
