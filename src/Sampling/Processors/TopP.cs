using System.Globalization;
using static TorchSharp.torch;

namespace Lhts.Sampling.Processors;

/// <summary>Keeps the fewest likeliest tokens that together reach a probability (Holtzman et al. 2020), and those as likely as the last of them.</summary>
/// <param name="mass">Above 0; 1 changes nothing.</param>
internal sealed class TopP(double mass) : ILogitProcessor
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"top-p {mass}");

    public Tensor Apply(Tensor scores, IReadOnlyList<ITokenHistory> histories)
    {
        var probabilities = scores.softmax(-1); // (B, V)
        var (sorted, _) = probabilities.sort(-1, descending: true);
        // A token stays as long as those before it have not reached the mass; the first one always does.
        var isBeyond = (sorted.cumsum(-1) - sorted).ge(mass);
        var least = sorted.masked_fill(isBeyond, 2.0).neg().amax(1).neg().unsqueeze(1); // (B, 1)
        return scores.masked_fill(probabilities.lt(least), double.NegativeInfinity);
    }
}
