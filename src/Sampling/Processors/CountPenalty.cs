using System.Globalization;
using static TorchSharp.torch;

namespace Lhts.Sampling.Processors;

/// <summary>Takes from the logit of a token of the text, the prompt not counted, a constant once and another one for each time that it stands there.</summary>
/// <param name="presence">In nats; negative ones make it likelier.</param>
/// <param name="frequency">In nats for each time.</param>
internal sealed class CountPenalty(double presence, double frequency) : ILogitProcessor
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"presence penalty {presence}, frequency penalty {frequency}");

    public Tensor Apply(Tensor scores, IReadOnlyList<ITokenHistory> histories) =>
        SeenTokens.Change(scores, histories, withPrompt: false, (seen, counts) => seen - presence - (counts * frequency));
}
