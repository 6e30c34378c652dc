using Lhts.Data.Order;
using Lhts.Data.Parquet;
using Lhts.Data.Scores;

namespace Lhts.Data.Streaming;

/// <summary>A window of the order with its texts, and the teacher's scores if they are kept, in memory.</summary>
internal sealed class TextWindow(WindowOrder order, TextBlock[] blocks, ScoreBlock[]? scores)
{
    public long FirstPosition => order.FirstPosition;

    public long EndPosition => order.FirstPosition + order.NumDocuments;

    public RawDocument At(long position)
    {
        var (slot, row) = order.SlotAt(position);
        var block = blocks[slot];
        return new RawDocument(
            position, block.Block.FirstDocument + row, block.Text(row), block.Kind(row), scores?[slot].LogProbs(row)) { Prompt = block.Prompt(row) };
    }
}

/// <summary>A row of the text column at its place in the order, with its log-probs if they are kept.</summary>
internal readonly record struct RawDocument(long Position, long Id, ReadOnlyMemory<byte> Utf8, RowKind Kind, ReadOnlyMemory<float>? LogProbs)
{
    /// <summary>The prompt's UTF-8 bytes; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Prompt { get; init; }
}
