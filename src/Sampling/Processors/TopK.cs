using System.Globalization;
using static TorchSharp.torch;

namespace Lhts.Sampling.Processors;

/// <summary>Keeps the k likeliest tokens (Fan et al. 2018), and those as likely as the k-th.</summary>
/// <param name="k">At least 1.</param>
internal sealed class TopK(int k) : ILogitProcessor
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"top-k {k}");

    public Tensor Apply(Tensor scores, IReadOnlyList<ITokenHistory> histories)
    {
        if (k >= scores.shape[1]) return scores;
        var (values, _) = scores.topk(k);
        var smallest = values.narrow(1, k - 1, 1); // (B, 1)
        return scores.masked_fill(scores.lt(smallest), double.NegativeInfinity);
    }
}
