using System.Buffers;

namespace Lhts.Data.Parquet;

/// <summary>The documents of a <see cref="DataBlock"/> in memory: their UTF-8 bytes one after the other.</summary>
internal sealed class TextBlock(DataBlock block)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly int[] _ends = new int[block.NumRows];
    private readonly bool[] _isNull = new bool[block.NumRows];

    public DataBlock Block => block;

    public int NumRows { get; private set; }

    public long NumBytes => _bytes.WrittenCount;

    public void Add(ReadOnlySpan<byte> utf8, bool isNull)
    {
        _bytes.Write(utf8);
        _ends[NumRows] = _bytes.WrittenCount;
        _isNull[NumRows++] = isNull;
    }

    public ReadOnlyMemory<byte> Text(int row)
    {
        var start = row == 0 ? 0 : _ends[row - 1];
        return _bytes.WrittenMemory[start.._ends[row]];
    }

    public bool IsNull(int row) => _isNull[row];
}
