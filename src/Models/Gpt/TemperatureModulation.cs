using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

// B rows, L positions, E width, N layer norms.

/// <summary>
/// How a student's layer norms answer to its long-horizon temperature (FiLM, Perez et al. 2018): an output y becomes
/// <c>y + z * (gain * y + shift)</c> with <c>z = 10 (T - 1)</c>: linear in T, as the paper's prefix is. A gain of -0.1 in the last one is the myopic
/// temperature to first order, which an embedding added at the input cannot express: the norms that follow take its size away.
/// </summary>
internal sealed class TemperatureModulation : nn.Module<Tensor, Tensor>
{
    /// <summary>
    /// Makes the signal one unit at the ends of the paper's range, T 0.9 to 1.1. AdamW moves every weight by about its rate in a step, whatever the gradient's
    /// size; with a plain T - 1 the gains would take ten times as many steps as the other weights.
    /// </summary>
    public const double SignalScale = 10;

    public TemperatureModulation(long numNorms, long embeddingSize)
        : base(nameof(TemperatureModulation))
    {
        weight = new Parameter(zeros([2 * numNorms, embeddingSize]));
        register_parameter(nameof(weight), weight);
    }

    /// <summary>(2N, E), zero at first: the gain of norm n in row 2n, its shift in row 2n + 1.</summary>
    public Parameter weight { get; }

    /// <summary>The rows of the norms before attention and the feed-forward layer of each block; the last norm follows those of all blocks.</summary>
    public static int NormBeforeAttention(int layer) => 2 * layer;

    /// <inheritdoc cref="NormBeforeAttention"/>
    public static int NormBeforeFeedForward(int layer) => (2 * layer) + 1;

    /// <summary>(B) temperatures above 0 → the signal z, (B, 1, 1).</summary>
    public override Tensor forward(Tensor temperatures) => ((temperatures.to(weight.dtype) - 1) * SignalScale).view(-1, 1, 1);
}

/// <summary>The temperatures of the rows that a model works on, and what is learned of them.</summary>
/// <param name="Weight">(2N, E), gains and shifts.</param>
/// <param name="Signal">(B, 1, 1).</param>
internal sealed record TemperatureSignal(Tensor Weight, Tensor Signal)
{
    /// <summary>The output of a norm, (B*L, E) or (B, L, E), as the temperatures say.</summary>
    public Tensor Modulate(Tensor normalised, int norm)
    {
        var y = normalised.view(Signal.shape[0], -1, Weight.shape[1]); // (B, L, E)
        var change = y * Weight.select(0, 2 * norm) + Weight.select(0, (2 * norm) + 1);
        return (y + (Signal * change)).view(normalised.shape);
    }
}
