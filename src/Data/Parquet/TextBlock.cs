using System.Buffers;

namespace Lhts.Data.Parquet;

/// <summary>What a row turned out to be.</summary>
internal enum RowKind : byte
{
    Text,
    Null,
    Bad,
}

/// <summary>The documents of a <see cref="DataBlock"/> in memory: their UTF-8 bytes one after the other.</summary>
internal sealed class TextBlock(DataBlock block)
{
    private readonly int[] _ends = new int[block.NumRows];
    private readonly RowKind[] _kinds = new RowKind[block.NumRows];
    private ArrayBufferWriter<byte> _bytes = new();

    public DataBlock Block => block;

    public int NumRows { get; private set; }

    public long NumBytes => _bytes.WrittenCount;

    public void Add(ReadOnlySpan<byte> utf8, RowKind kind)
    {
        _bytes.Write(utf8);
        _ends[NumRows] = _bytes.WrittenCount;
        _kinds[NumRows++] = kind;
    }

    /// <summary>Forgets the rows from <paramref name="numRows"/> on.</summary>
    public void Truncate(int numRows)
    {
        if (numRows == NumRows) return;
        var kept = new ArrayBufferWriter<byte>();
        kept.Write(_bytes.WrittenSpan[..(numRows == 0 ? 0 : _ends[numRows - 1])]);
        (_bytes, NumRows) = (kept, numRows);
    }

    public ReadOnlyMemory<byte> Text(int row)
    {
        var start = row == 0 ? 0 : _ends[row - 1];
        return _bytes.WrittenMemory[start.._ends[row]];
    }

    public RowKind Kind(int row) => _kinds[row];
}
