using static TorchSharp.torch;

namespace Lhts.Sampling.Processors;

/// <summary>Leaves out what is banned, or not allowed.</summary>
/// <param name="allowed">The only tokens that stay; <see langword="null"/> for all.</param>
/// <param name="banned">Tokens that go, allowed or not.</param>
internal sealed class TokenFilter(IReadOnlyCollection<int>? allowed, IReadOnlyCollection<int> banned) : ILogitProcessor
{
    private bool[] isOut = [];

    public string Name => (allowed, banned.Count) switch
    {
        (null, var count) => $"without {count} banned tokens",
        ({ } kept, 0) => $"{kept.Count} allowed tokens",
        ({ } kept, var count) => $"{kept.Count} allowed tokens without {count} banned ones",
    };

    public Tensor Apply(Tensor scores, IReadOnlyList<ITokenHistory> histories)
    {
        if (isOut.Length != scores.shape[1]) isOut = Excluded((int)scores.shape[1]);
        return scores.masked_fill(tensor(isOut, device: scores.device), double.NegativeInfinity);
    }

    private bool[] Excluded(int numTokens)
    {
        var excluded = new bool[numTokens];
        if (allowed is not null)
        {
            Array.Fill(excluded, true);
            foreach (var token in allowed) excluded[token] = false;
        }

        foreach (var token in banned) excluded[token] = true;
        return excluded;
    }
}
