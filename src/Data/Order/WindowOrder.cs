namespace Lhts.Data.Order;

/// <summary>A few blocks and the order in which their documents come.</summary>
public sealed class WindowOrder
{
    private readonly int[] _blocks;
    private readonly int[] _starts;
    private readonly int[]? _permutation;

    internal WindowOrder(long firstPosition, int[] blocks, int[] sizes, ulong? key)
    {
        FirstPosition = firstPosition;
        _blocks = blocks;
        _starts = new int[sizes.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            _starts[i] = NumDocuments;
            NumDocuments = checked(NumDocuments + sizes[i]);
        }

        _permutation = key is { } value ? IntegerHash.Permutation(NumDocuments, value) : null;
    }

    /// <summary>The position of its first document.</summary>
    public long FirstPosition { get; }

    /// <summary>Documents in the window.</summary>
    public int NumDocuments { get; }

    /// <summary>Its blocks.</summary>
    public IReadOnlyList<int> Blocks => _blocks;

    /// <summary>The document at a position.</summary>
    public DocumentLocation At(long position)
    {
        var (slot, row) = SlotAt(position);
        return new DocumentLocation(_blocks[slot], row);
    }

    /// <summary>As <see cref="At"/>, with the block's index within this window.</summary>
    internal (int Slot, int Row) SlotAt(long position)
    {
        var index = checked((int)(position - FirstPosition));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)NumDocuments, nameof(position));
        var document = _permutation is null ? index : _permutation[index];
        var slot = _starts.Length - 1;
        while (_starts[slot] > document) slot--;
        return (slot, document - _starts[slot]);
    }
}
