namespace Lhts.Data.Order;

/// <summary>The windows of one epoch, each a few blocks whose documents are mixed.</summary>
public sealed class EpochOrder
{
    private readonly int[] _blocks;
    private readonly int[] _blockSizes;
    private readonly int _windowBlocks;
    private readonly ulong? _rowKey;
    private readonly long[] _windowStarts;

    internal EpochOrder(long firstPosition, int[] blocks, int[] blockSizes, int windowBlocks, ulong? rowKey)
    {
        (_blocks, _blockSizes, _windowBlocks, _rowKey) = (blocks, blockSizes, windowBlocks, rowKey);
        _windowStarts = new long[(blocks.Length + windowBlocks - 1) / windowBlocks];
        var position = firstPosition;
        for (var i = 0; i < blocks.Length; i++)
        {
            if (i % windowBlocks == 0) _windowStarts[i / windowBlocks] = position;
            position += blockSizes[blocks[i]];
        }

        EndPosition = position;
    }

    /// <summary>The first position of the next epoch.</summary>
    public long EndPosition { get; }

    /// <summary>Number of windows.</summary>
    public int NumWindows => _windowStarts.Length;

    /// <summary>The window that holds a position of this epoch.</summary>
    public int WindowOf(long position)
    {
        if (position < _windowStarts[0] || position >= EndPosition)
        {
            throw new ArgumentOutOfRangeException(nameof(position), position, "Not in this epoch.");
        }

        // Windows without documents share their start with the next one: the last of equals holds the position.
        var low = 0;
        for (var high = _windowStarts.Length; high - low > 1;)
        {
            var middle = (low + high) / 2;
            if (_windowStarts[middle] <= position) low = middle;
            else high = middle;
        }

        return low;
    }

    /// <summary>A window with its shuffle. Costs O(documents in it).</summary>
    public WindowOrder Window(int window)
    {
        var start = window * _windowBlocks;
        var blocks = _blocks.AsSpan(start, Math.Min(_windowBlocks, _blocks.Length - start)).ToArray();
        var sizes = Array.ConvertAll(blocks, block => _blockSizes[block]);
        return new WindowOrder(_windowStarts[window], blocks, sizes, _rowKey is { } key ? IntegerHash.Combine(key, (ulong)window) : null);
    }
}
