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

    /// <summary>What differs from a saved source, one line each; empty when nothing does.</summary>
    public IReadOnlyList<string> DifferencesFrom(DataSource saved)
    {
        var differences = new List<string>();
        void Compare<T>(string name, T before, T now)
        {
            if (!EqualityComparer<T>.Default.Equals(before, now)) differences.Add($"{name}: was {before}, is {now}");
        }

        Compare("data fingerprint", saved.Data, Data);
        Compare("tokenizer fingerprint", saved.Tokenizer, Tokenizer);
        Compare("block bytes", saved.BlockBytes, BlockBytes);
        Compare("shuffle", saved.Order.Shuffle, Order.Shuffle);
        Compare("seed", saved.Order.Seed, Order.Seed);
        Compare("blocks in a shuffle window", saved.Order.WindowBlocks, Order.WindowBlocks);
        Compare("sequences per step", saved.SequencesPerStep, SequencesPerStep);
        Compare("context length", saved.ContextLength, ContextLength);
        Compare("long documents", saved.LongDocuments, LongDocuments);
        Compare("start with end-of-text", saved.StartWithEndOfText, StartWithEndOfText);
        Compare("end with end-of-text", saved.EndWithEndOfText, EndWithEndOfText);
        Compare("bad rows", saved.BadRows, BadRows);
        return differences;
    }
}
