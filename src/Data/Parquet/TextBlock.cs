using System.Buffers;

namespace Lhts.Data.Parquet;

/// <summary>What a row turned out to be.</summary>
internal enum RowKind : byte
{
    Text,
    Null,
    Bad,
}

/// <summary>The documents of a <see cref="DataBlock"/> in memory: their UTF-8 bytes one after the other, each behind those of its prompt.</summary>
/// <param name="block">Which rows.</param>
/// <param name="expectedBytes">About how large they are; a buffer of this size from the start saves one that doubles. Default 0: unknown.</param>
internal sealed class TextBlock(DataBlock block, int expectedBytes = 0)
{
    private readonly int[] _ends = new int[block.NumRows];
    private readonly int[] _promptEnds = new int[block.NumRows];
    private readonly RowKind[] _kinds = new RowKind[block.NumRows];
    private ArrayBufferWriter<byte> _bytes = expectedBytes > 0 ? new(expectedBytes) : new();

    public DataBlock Block => block;

    public int NumRows { get; private set; }

    public long NumBytes => _bytes.WrittenCount;

    public void Add(ReadOnlySpan<byte> utf8, RowKind kind, ReadOnlySpan<byte> prompt = default)
    {
        _bytes.Write(prompt);
        _promptEnds[NumRows] = _bytes.WrittenCount;
        _bytes.Write(utf8);
        _ends[NumRows] = _bytes.WrittenCount;
        _kinds[NumRows++] = kind;
    }

    /// <summary>Forgets the rows from <paramref name="numRows"/> on.</summary>
    public void Truncate(int numRows)
    {
        if (numRows == NumRows) return;
        var kept = new ArrayBufferWriter<byte>();
        kept.Write(_bytes.WrittenSpan[..StartOf(numRows)]);
        (_bytes, NumRows) = (kept, numRows);
    }

    public ReadOnlyMemory<byte> Text(int row) => _bytes.WrittenMemory[_promptEnds[row].._ends[row]];

    /// <summary>The prompt of a row; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Prompt(int row) => _bytes.WrittenMemory[StartOf(row).._promptEnds[row]];

    public RowKind Kind(int row) => _kinds[row];

    private int StartOf(int row) => row == 0 ? 0 : _ends[row - 1];
}
