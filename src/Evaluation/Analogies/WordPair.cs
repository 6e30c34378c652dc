namespace Lhts.Evaluation.Analogies;

/// <summary>Two words in a relation, such as a capital and its country.</summary>
public sealed record WordPair(string First, string Second)
{
    /// <summary>The two words as a choice shows them.</summary>
    public override string ToString() => $"{First} {Second}";
}
