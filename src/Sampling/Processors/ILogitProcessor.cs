using static TorchSharp.torch;

namespace Lhts.Sampling.Processors;

/// <summary>One step from the logits of the next token to the distribution that it is drawn from. A row without a distribution stays NaN.</summary>
public interface ILogitProcessor
{
    /// <summary>How <c>--explain</c> names it, with its setting.</summary>
    string Name { get; }

    /// <summary>The scores after this step.</summary>
    /// <param name="scores">(B, V) float64, -infinity for tokens that are left out; not changed.</param>
    /// <param name="histories">B rows' tokens so far.</param>
    /// <returns>(B, V).</returns>
    Tensor Apply(Tensor scores, IReadOnlyList<ITokenHistory> histories);
}
