using System.Globalization;
using static TorchSharp.torch;

namespace Lhts.Sampling.Processors;

/// <summary>
/// Keeps the fewest tokens that together reach a probability, those first whose surprise is nearest to the entropy (Meister et al. 2023, arXiv 2202.00666),
/// and those as near as the last of them.
/// </summary>
/// <param name="mass">Above 0; 1 changes nothing.</param>
internal sealed class Typical(double mass) : ILogitProcessor
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"typical {mass}");

    public Tensor Apply(Tensor scores, IReadOnlyList<ITokenHistory> histories)
    {
        var logProbs = scores.log_softmax(-1); // (B, V)
        var probabilities = logProbs.exp();
        var finite = logProbs.masked_fill(logProbs.eq(double.NegativeInfinity), 0.0);
        var entropy = (probabilities * finite).sum(-1, keepdim: true).neg(); // (B, 1)
        var distance = (logProbs.neg() - entropy).abs(); // (B, V); infinite for what is left out
        var (sorted, order) = distance.sort(-1, stable: true);
        var shares = probabilities.gather(1, order);
        var isBeyond = (shares.cumsum(-1) - shares).ge(mass);
        var greatest = sorted.masked_fill(isBeyond, -1.0).amax(1).unsqueeze(1); // (B, 1)
        return scores.masked_fill(distance.gt(greatest), double.NegativeInfinity);
    }
}
