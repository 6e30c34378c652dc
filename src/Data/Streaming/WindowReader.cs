using Lhts.Data.Batching;
using Lhts.Data.Order;
using Lhts.Data.Parquet;
using Lhts.Data.Scores;

namespace Lhts.Data.Streaming;

/// <summary>Reads the windows of a data set in order.</summary>
internal sealed class WindowReader(
    DataSet data, ScoreSet? scores, DocumentOrder order, DataCounters counters, BadRows badRows, Action<string>? onBadRows)
{
    private readonly SharedBlocks shared = new();

    /// <summary>The windows from the one that holds <paramref name="position"/>, up to the end of epoch <paramref name="numEpochs"/>.</summary>
    public IEnumerable<TextWindow> Read(long position, long? numEpochs, CancellationToken cancellation)
    {
        using var reader = data.OpenReader(badRows, onBadRows);
        using var scoreReader = scores?.OpenReader();
        for (var epoch = order.EpochOf(position); numEpochs is null || epoch < numEpochs; epoch++)
        {
            var windows = order.Epoch(epoch);
            var first = position < windows.EndPosition - order.NumDocuments ? 0 : windows.WindowOf(position);
            for (var window = first; window < windows.NumWindows; window++)
            {
                yield return Read(reader, scoreReader, windows.Window(window), cancellation);
            }
        }
    }

    /// <summary>Single documents, for lanes that are in the middle of one. Each block is read once.</summary>
    public IEnumerable<RawDocument> ReadOnly(IEnumerable<long> positions, CancellationToken cancellation)
    {
        using var reader = data.OpenReader(badRows, onBadRows);
        using var scoreReader = scores?.OpenReader();
        foreach (var inBlock in positions.Select(position => (Position: position, Place: order.Locate(position))).GroupBy(item => item.Place.Block))
        {
            var text = Read(reader, inBlock.Key, cancellation);
            var kept = scoreReader?.Read(data.Blocks[inBlock.Key], cancellation);
            foreach (var (position, place) in inBlock)
            {
                var (id, row) = (text.Block.FirstDocument + place.Row, place.Row);
                yield return new RawDocument(position, id, text.Text(row), text.Kind(row), kept?.LogProbs(row)) { Prompt = text.Prompt(row) };
            }
        }
    }

    private TextWindow Read(BlockReader reader, ScoreReader? scoreReader, WindowOrder window, CancellationToken cancellation)
    {
        var blocks = window.Blocks.Select(block => Read(reader, block, cancellation)).ToArray();
        counters.AddBytes(blocks.Sum(block => block.NumBytes));
        var kept = scoreReader is null ? null : window.Blocks.Select(block => scoreReader.Read(data.Blocks[block], cancellation)).ToArray();
        return new TextWindow(window, blocks, kept);
    }

    private TextBlock Read(BlockReader reader, int block, CancellationToken cancellation) =>
        shared.Of(block, () => reader.Read(data.Blocks[block], cancellation), there => reader.RequireUnchanged(there.Block));
}
