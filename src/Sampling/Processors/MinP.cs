using System.Globalization;
using static TorchSharp.torch;

namespace Lhts.Sampling.Processors;

/// <summary>Keeps the tokens that have at least a share of the likeliest one's probability (Nguyen et al. 2024, arXiv 2407.01082).</summary>
/// <param name="share">From 0, which changes nothing, to 1.</param>
internal sealed class MinP(double share) : ILogitProcessor
{
    private readonly double distance = Math.Log(share);

    public string Name => string.Create(CultureInfo.InvariantCulture, $"min-p {share}");

    public Tensor Apply(Tensor scores, IReadOnlyList<ITokenHistory> histories) =>
        scores.masked_fill(scores.lt(scores.amax(1).unsqueeze(1) + distance), double.NegativeInfinity);
}
