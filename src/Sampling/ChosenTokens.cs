namespace Lhts.Sampling;

/// <summary>One token for each row of logits.</summary>
/// <param name="Tokens">B tokens.</param>
/// <param name="LogProbs">
/// Each token's log-probability under the distribution it was drawn from, after temperature and its relatives, in nats; 0 at temperature 0, which leaves
/// one token. NaN where a row's logits make no distribution: one of them is NaN or +infinity, or all are -infinity.
/// </param>
public readonly record struct ChosenTokens(long[] Tokens, float[] LogProbs)
{
    /// <summary>The first row without a distribution; -1 where every row has one.</summary>
    public int FirstFault => Array.FindIndex(LogProbs, float.IsNaN);
}
