namespace Lhts.Sampling.Joint;

/// <summary>Texts of chains behind a prompt, with the log-probabilities of each token under the model and under the proposal.</summary>
internal sealed class ChainTexts(int numChains, int numNewTokens)
{
    private readonly int[][] tokens = Rows<int>(numChains, numNewTokens);
    private readonly double[][] logProbs = Rows<double>(numChains, numNewTokens);
    private readonly double[][] proposalLogProbs = Rows<double>(numChains, numNewTokens);
    private readonly int[] lengths = new int[numChains];
    private readonly bool[] haveEnded = new bool[numChains];

    public int Length(int chain) => lengths[chain];

    public bool HasEnded(int chain) => haveEnded[chain];

    public ReadOnlySpan<int> Prefix(int chain, int length) => tokens[chain].AsSpan(0, length);

    public double LogProb(int chain) => logProbs[chain].AsSpan(0, lengths[chain]).ToArray().Sum();

    /// <summary>log p/T - log q of the tokens from a place on.</summary>
    public double LogWeight(int chain, int start, double temperature)
    {
        var sum = 0.0;
        for (var i = start; i < lengths[chain]; i++) sum += (logProbs[chain][i] / temperature) - proposalLogProbs[chain][i];
        return sum;
    }

    public void Append(int chain, int token, double logProb, double proposalLogProb, int? endOfText)
    {
        var place = lengths[chain]++;
        (tokens[chain][place], logProbs[chain][place], proposalLogProbs[chain][place]) = (token, logProb, proposalLogProb);
        haveEnded[chain] = token == endOfText;
    }

    /// <summary>Takes over what another text has from a place on; all before it is the same.</summary>
    public void Take(ChainTexts other, int otherChain, int chain, int start)
    {
        var count = other.lengths[otherChain];
        for (var i = start; i < count; i++)
        {
            tokens[chain][i] = other.tokens[otherChain][i];
            logProbs[chain][i] = other.logProbs[otherChain][i];
            proposalLogProbs[chain][i] = other.proposalLogProbs[otherChain][i];
        }

        (lengths[chain], haveEnded[chain]) = (count, other.haveEnded[otherChain]);
    }

    /// <summary>Begins with the first tokens of another text.</summary>
    public void Begin(ChainTexts other, int otherChain, int chain, int length)
    {
        Take(other, otherChain, chain, 0);
        (lengths[chain], haveEnded[chain]) = (length, false);
    }

    public SampledSequence ToSequence(int chain, int[] prompt) =>
        new([.. prompt, .. Prefix(chain, lengths[chain])], prompt.Length, haveEnded[chain])
        {
            LogProbs = [.. logProbs[chain].Take(lengths[chain]).Select(value => (float)value)],
        };

    private static T[][] Rows<T>(int count, int length) => [.. Enumerable.Range(0, count).Select(_ => new T[length])];
}
