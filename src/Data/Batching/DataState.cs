using System.Collections.Immutable;

namespace Lhts.Data.Batching;

/// <summary>A document that a lane has begun and not finished.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Position">The document's position in the global order.</param>
/// <param name="NextPiece">The piece that comes next, counted from 0.</param>
public sealed record HeldDocument(int Lane, long Position, int NextPiece);

/// <summary>
/// Where the stream stands between two steps: enough to go on at any world size. Documents before
/// <paramref name="NextPosition"/> are consumed, except for the rest of those held. With long documents cut, none is held.
/// </summary>
/// <param name="Step">Steps taken.</param>
/// <param name="NextPosition">First position of the global order that no lane has taken; counts on through epochs.</param>
/// <param name="Held">Documents in the middle, by lane.</param>
/// <param name="Chain">
/// A hash chain over every sequence served so far, by all ranks, in order of lanes: document and piece. Equal chains mean
/// equal histories, however often and on however many ranks a run was resumed.
/// </param>
/// <param name="Source">What the positions mean; a stream that would read them otherwise refuses this state.</param>
public sealed record DataState(long Step, long NextPosition, ImmutableArray<HeldDocument> Held, ulong Chain, DataSource Source)
{
    /// <summary>Equal when all members are, the held documents one by one.</summary>
    public bool Equals(DataState? other) =>
        other is not null && Step == other.Step && NextPosition == other.NextPosition && Chain == other.Chain && Source == other.Source
            && Held.AsSpan().SequenceEqual(other.Held.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Step, NextPosition, Chain);
}
