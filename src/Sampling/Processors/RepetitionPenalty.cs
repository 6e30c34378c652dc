using System.Globalization;
using static TorchSharp.torch;

namespace Lhts.Sampling.Processors;

/// <summary>
/// Divides the positive logits of tokens of prompt and text by the penalty and multiplies the negative ones (Keskar et al. 2019, arXiv 1909.05858): above 1
/// they become less likely. What it does depends on where the logits' zero is, which no probability knows.
/// </summary>
/// <param name="penalty">Above 0; 1 changes nothing.</param>
internal sealed class RepetitionPenalty(double penalty) : ILogitProcessor
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"repetition penalty {penalty}");

    public Tensor Apply(Tensor scores, IReadOnlyList<ITokenHistory> histories) =>
        SeenTokens.Change(scores, histories, withPrompt: true, (seen, _) => where(seen.gt(0), seen / penalty, seen * penalty));
}
