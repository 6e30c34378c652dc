using Lhts.Data.Order;
using Lhts.Data.Parquet;

namespace Lhts.Data.Batching;

/// <summary>Everything that decides which tokens a position of the stream stands for.</summary>
/// <param name="Data">Fingerprint of the data set's manifest.</param>
/// <param name="Tokenizer">Fingerprint of the tokenizer.</param>
/// <param name="BlockBytes">Size of the parts that the data set is read in.</param>
/// <param name="Order">Seed and window.</param>
/// <param name="SequencesPerStep">Number of lanes.</param>
/// <param name="ContextLength">Longest sequence.</param>
/// <param name="LongDocuments">Cut or split.</param>
/// <param name="StartWithEndOfText">How a document starts.</param>
/// <param name="BadRows">Whether bad rows are passed over.</param>
public sealed record DataSource(
    string Data,
    string Tokenizer,
    long BlockBytes,
    OrderOptions Order,
    int SequencesPerStep,
    int ContextLength,
    LongDocuments LongDocuments,
    bool StartWithEndOfText,
    BadRows BadRows)
{
    /// <summary>How a document ends. Default true.</summary>
    public bool EndWithEndOfText { get; init; } = true;

    /// <summary>Tokens behind a piece that it reads and does not score. Default 0.</summary>
    public int LookAhead { get; init; }

    /// <summary>Whether pieces start elsewhere in each epoch. Default false.</summary>
    public bool MovesPieces { get; init; }

    /// <summary>What differs from a saved source, one line each; empty when nothing does.</summary>
    public IReadOnlyList<string> DifferencesFrom(DataSource saved)
    {
        var differences = new Differences();
        differences.Compare("data fingerprint", saved.Data, Data);
        differences.Compare("tokenizer fingerprint", saved.Tokenizer, Tokenizer);
        differences.Compare("block bytes", saved.BlockBytes, BlockBytes);
        differences.Compare("shuffle", saved.Order.Shuffle, Order.Shuffle);
        differences.Compare("seed", saved.Order.Seed, Order.Seed);
        differences.Compare("blocks in a shuffle window", saved.Order.WindowBlocks, Order.WindowBlocks);
        differences.Compare("sequences per step", saved.SequencesPerStep, SequencesPerStep);
        differences.Compare("context length", saved.ContextLength, ContextLength);
        differences.Compare("long documents", saved.LongDocuments, LongDocuments);
        differences.Compare("look-ahead", saved.LookAhead, LookAhead);
        differences.Compare("pieces that move", saved.MovesPieces, MovesPieces);
        differences.Compare("start with end-of-text", saved.StartWithEndOfText, StartWithEndOfText);
        differences.Compare("end with end-of-text", saved.EndWithEndOfText, EndWithEndOfText);
        differences.Compare("bad rows", saved.BadRows, BadRows);
        return differences.Lines;
    }
}
