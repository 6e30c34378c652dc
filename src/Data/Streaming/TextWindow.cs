using Lhts.Data.Order;
using Lhts.Data.Parquet;

namespace Lhts.Data.Streaming;

/// <summary>A window of the order with its texts in memory.</summary>
internal sealed class TextWindow(WindowOrder order, TextBlock[] blocks)
{
    public long FirstPosition => order.FirstPosition;

    public long EndPosition => order.FirstPosition + order.NumDocuments;

    public RawDocument At(long position)
    {
        var (slot, row) = order.SlotAt(position);
        var block = blocks[slot];
        return new RawDocument(position, block.Block.FirstDocument + row, block.Text(row), block.Kind(row));
    }
}

/// <summary>A row of the text column at its place in the order.</summary>
internal readonly record struct RawDocument(long Position, long Id, ReadOnlyMemory<byte> Utf8, RowKind Kind);
