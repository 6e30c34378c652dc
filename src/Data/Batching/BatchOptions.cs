using System.Text.Json.Serialization;
using Lhts.Data.Parquet;

namespace Lhts.Data.Batching;

/// <summary>How documents become the sequences of a step.</summary>
public sealed record BatchOptions
{
    /// <summary>S: sequences of a step over all ranks; also the number of lanes.</summary>
    public required int SequencesPerStep { get; init; }

    /// <summary>C: the longest sequence in tokens, its first token included.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Cut or split what is longer; default cut.</summary>
    public LongDocuments LongDocuments { get; init; } = LongDocuments.Cut;

    /// <summary>
    /// h: tokens behind a piece of a split document that it reads and does not score, for weights that look that far; the next piece starts
    /// that much earlier. They take their place in the context. Default 0.
    /// </summary>
    public int LookAhead { get; init; }

    /// <summary>Whether the pieces of a split document start at other tokens in each epoch, a function of the order's seed. Default false.</summary>
    public bool MovesPieces { get; init; }

    /// <summary>
    /// Whether a document starts with end-of-text, so that its own first token is predicted too; default true.
    /// The first token of a sequence is never predicted.
    /// </summary>
    public bool StartWithEndOfText { get; init; } = true;

    /// <summary>Whether a document ends with end-of-text; default true. Without it all of a fixed length have the same number of tokens.</summary>
    public bool EndWithEndOfText { get; init; } = true;

    /// <summary>Most positions (sequences times longest length) of a micro-batch; default 16384. A single sequence may exceed it.</summary>
    public int TokensPerMicroBatch { get; init; } = 16384;

    /// <summary>
    /// What to do about rows that cannot be read, or that the tokenizer cannot encode; default fail. To skip them every
    /// rank must encode every document, since the lanes depend on which are good.
    /// </summary>
    public BadRows BadRows { get; init; } = BadRows.Fail;

    /// <summary>After how many epochs the stream ends; null (default) for never.</summary>
    public long? NumEpochs { get; init; }

    /// <summary>This process among <see cref="WorldSize"/>; default 0.</summary>
    public int Rank { get; init; }

    /// <summary>Processes that share the lanes; default 1. Lane l belongs to rank l mod world size.</summary>
    public int WorldSize { get; init; } = 1;

    /// <summary>Steps that are prepared ahead; default 4.</summary>
    public int PrefetchSteps { get; init; } = 4;

    /// <summary>Documents are encoded by this many threads; default 2.</summary>
    public int TokenizerThreads { get; init; } = 2;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SequencesPerStep, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ContextLength, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(LookAhead);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LookAhead, ContextLength - 2); // a token to score must be left
        ArgumentOutOfRangeException.ThrowIfLessThan(TokensPerMicroBatch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(WorldSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Rank, WorldSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(PrefetchSteps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(TokenizerThreads, 1);
        if (!StartWithEndOfText && !EndWithEndOfText)
        {
            throw new ArgumentException("A document of one token has nothing to predict without an end-of-text before or after it.");
        }

        if (NumEpochs is < 0) throw new ArgumentOutOfRangeException(nameof(NumEpochs), NumEpochs, "Must not be negative.");
    }
}

/// <summary>What becomes of a document that is longer than the context.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LongDocuments>))]
public enum LongDocuments
{
    /// <summary>Its beginning is used and the rest dropped.</summary>
    Cut,

    /// <summary>It is served in consecutive pieces, each starting with the token before the first that it predicts.</summary>
    Split,
}
