namespace Lhts.Data.Order;

/// <summary>
/// One global sequence of documents, a pure function of (block sizes, options): positions 0..N-1 are epoch 0, N..2N-1
/// epoch 1, and so on; each epoch is a permutation of the N documents. Blocks are shuffled over the whole data set,
/// cut into windows of a few consecutive ones, and documents are shuffled within each window.
/// </summary>
public sealed class DocumentOrder
{
    private const ulong BlockStream = 1;
    private const ulong RowStream = 2;
    private const ulong PieceStream = 3;

    private readonly int[] _blockSizes;
    private readonly OrderOptions _options;

    /// <param name="blockSizes">Documents in each block.</param>
    /// <param name="options">Seed and window.</param>
    public DocumentOrder(IEnumerable<int> blockSizes, OrderOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WindowBlocks, 1);
        _blockSizes = [.. blockSizes];
        if (_blockSizes.Any(size => size < 0))
        {
            throw new ArgumentOutOfRangeException(nameof(blockSizes), "A block cannot have a negative size.");
        }

        _options = options;
        NumDocuments = _blockSizes.Sum(size => (long)size);
        if (NumDocuments == 0) throw new ArgumentException("There are no documents to order.", nameof(blockSizes));
        NumWindows = (_blockSizes.Length + options.WindowBlocks - 1) / options.WindowBlocks;
    }

    /// <summary>N: documents in an epoch.</summary>
    public long NumDocuments { get; }

    /// <summary>Windows in an epoch.</summary>
    public int NumWindows { get; }

    /// <summary>The epoch that a position belongs to.</summary>
    public long EpochOf(long position) => position / NumDocuments;

    /// <summary>A random number of the position's own, and so another one for the same document in each epoch.</summary>
    public ulong DrawAt(long position) => IntegerHash.Combine(IntegerHash.Combine(_options.Seed, PieceStream), (ulong)position);

    /// <summary>The windows of an epoch. Costs O(blocks).</summary>
    public EpochOrder Epoch(long epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        var key = IntegerHash.Combine(_options.Seed, (ulong)epoch);
        var blocks = _options.Shuffle
            ? IntegerHash.Permutation(_blockSizes.Length, IntegerHash.Combine(key, BlockStream))
            : [.. Enumerable.Range(0, _blockSizes.Length)];
        ulong? rowKey = _options.Shuffle ? IntegerHash.Combine(key, RowStream) : null;
        return new EpochOrder(epoch * NumDocuments, blocks, _blockSizes, _options.WindowBlocks, rowKey);
    }

    /// <summary>The document at a position. Costs O(blocks + window): to walk, go window by window.</summary>
    public DocumentLocation Locate(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        var epoch = Epoch(EpochOf(position));
        return epoch.Window(epoch.WindowOf(position)).At(position);
    }
}

/// <summary>Where a document lies.</summary>
/// <param name="Block">Index of its block.</param>
/// <param name="Row">Row within the block.</param>
public readonly record struct DocumentLocation(int Block, int Row);

/// <summary>In which order documents come.</summary>
public sealed record OrderOptions
{
    /// <summary>Whether to shuffle; otherwise documents come in file order. Default true.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Another seed is another order; default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>How many blocks (row groups) are mixed document by document and held in memory; default 8.</summary>
    public int WindowBlocks { get; init; } = 8;
}
