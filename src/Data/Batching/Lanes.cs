using System.Collections.Immutable;
using Lhts.Data.Order;

namespace Lhts.Data.Batching;

/// <summary>
/// Deals documents to S lanes. In every step each lane gives one sequence; a lane that has finished its document takes
/// the next of the global order, lower lanes first. So a step depends on the order alone, no lane ever waits for another,
/// and with long documents cut step k is exactly the documents kS..kS+S-1 among those that are not empty.
/// </summary>
/// <param name="options">Sequences, lengths, rank.</param>
/// <param name="drawOf">What decides where the pieces of the document at a position start.</param>
internal sealed class Lanes(BatchOptions options, Func<long, ulong> drawOf)
{
    private readonly (EncodedDocument Document, int NextPiece)?[] _held = new (EncodedDocument, int)?[options.SequencesPerStep];

    /// <summary>First position that no lane has taken.</summary>
    public long NextPosition { get; private set; }

    /// <summary>Hash chain of all sequences served.</summary>
    public ulong Chain { get; private set; }

    /// <summary>Sequences of the last step over all ranks.</summary>
    public int NumGlobalSequences { get; private set; }

    /// <summary>Documents of this rank that the last step cut.</summary>
    public int NumCut { get; private set; }

    /// <summary>Documents of this rank that the last step began.</summary>
    public int NumDocuments { get; private set; }

    public void Restore(DataState state, IReadOnlyDictionary<long, EncodedDocument> held)
    {
        (NextPosition, Chain) = (state.NextPosition, state.Chain);
        foreach (var (lane, position, nextPiece) in state.Held) _held[lane] = (held[position], nextPiece);
    }

    /// <summary>The rank's sequences of the next step; the documents must come in order from <see cref="NextPosition"/> on.</summary>
    public async ValueTask<List<Sequence>> NextStepAsync(IAsyncEnumerator<EncodedDocument> documents)
    {
        (NumGlobalSequences, NumCut, NumDocuments) = (0, 0, 0);
        var sequences = new List<Sequence>();
        for (var lane = 0; lane < _held.Length; lane++)
        {
            if (_held[lane] is null)
            {
                if (!await documents.MoveNextAsync().ConfigureAwait(false)) continue;
                _held[lane] = (documents.Current, 0);
                NextPosition = documents.Current.Position + 1;
            }

            NumGlobalSequences++;
            if (Serve(lane) is { } sequence) sequences.Add(sequence);
        }

        return sequences;
    }

    /// <summary>Documents that lanes are in the middle of.</summary>
    public ImmutableArray<HeldDocument> Held() =>
    [
        .. _held.Select((held, lane) => held is var (document, piece) ? new HeldDocument(lane, document.Position, piece) : null).OfType<HeldDocument>(),
    ];

    private Sequence? Serve(int lane)
    {
        var (document, piece) = _held[lane]!.Value;
        var layout = document.Tokens is null ? default : new PieceLayout(document.Tokens.Length, options, drawOf(document.Position));
        var isLast = document.Tokens is null || piece + 1 == layout.Count;
        Chain = IntegerHash.Combine(IntegerHash.Combine(Chain, (ulong)document.Id), (ulong)piece);
        _held[lane] = isLast ? null : (document, piece + 1);
        if (lane % options.WorldSize != options.Rank) return null;
        var tokens = document.Tokens ?? throw new InvalidOperationException("A document of this rank was not encoded.");
        if (piece == 0) NumDocuments++;
        if (options.LongDocuments == LongDocuments.Cut && tokens.Length > options.ContextLength) NumCut++;
        var sequence = new Sequence(lane, document.Id, piece, layout.Tokens(tokens, piece))
        {
            PromptLength = document.PromptLength, LookAhead = layout.LookAheadOf(piece),
        };
        return document.LogProbs is { } kept ? sequence with { LogProbs = layout.Kept(kept, piece) } : sequence;
    }
}
