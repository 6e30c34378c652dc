using Lhts.Data.Parquet;

namespace Lhts.Data.Streaming;

/// <summary>
/// Very large blocks, which are rows of many megabytes, once for all windows that have them: a data set of few such rows is the same block again and again,
/// epoch after epoch, ahead of its use. Forgotten when nothing needs them. Safe for many threads.
/// </summary>
internal sealed class SharedBlocks
{
    // Twice as large as a block of rows that are not.
    private const long MinBytes = 32 << 20;

    private readonly Dictionary<int, WeakReference<TextBlock>> _blocks = [];

    /// <summary>A block: the one that is there, or what reading it gives.</summary>
    /// <param name="number">Which.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="check">Told of one that is there before it is given.</param>
    public TextBlock Of(int number, Func<TextBlock> read, Action<TextBlock> check)
    {
        lock (_blocks)
        {
            if (_blocks.TryGetValue(number, out var kept) && kept.TryGetTarget(out var there))
            {
                check(there);
                return there;
            }
        }

        var block = read();
        if (block.NumBytes < MinBytes) return block;
        lock (_blocks)
        {
            _blocks[number] = new WeakReference<TextBlock>(block);
            return block;
        }
    }
}
