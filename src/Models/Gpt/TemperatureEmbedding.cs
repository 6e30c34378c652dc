using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>
/// The linear map that tells a student its long-horizon temperature: <c>w * log T</c>. The logarithm is zero at T = 1, where the student's
/// target is the teacher itself, treats T and 1/T alike, and grows slowly outside the trained range. There is no bias, so T = 1 is the plain model.
/// </summary>
internal sealed class TemperatureEmbedding : nn.Module<Tensor, Tensor>
{
    public TemperatureEmbedding(long embeddingSize)
        : base(nameof(TemperatureEmbedding))
    {
        weight = new Parameter(zeros([embeddingSize]));
        register_parameter(nameof(weight), weight);
    }

    /// <summary>(E), zero at first.</summary>
    public Parameter weight { get; }

    /// <summary>(B) temperatures above 0 → (B, 1, E).</summary>
    public override Tensor forward(Tensor temperatures) => temperatures.to(weight.dtype).log().view(-1, 1, 1) * weight;
}
