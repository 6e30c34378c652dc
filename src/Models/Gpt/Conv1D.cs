using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>
/// An affine map in GPT-2's orientation: <c>y = x W + b</c> with W stored as (in, out), the transpose of <c>nn.Linear</c>.
/// </summary>
internal sealed class Conv1D : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight; // (in, out)
    private readonly Parameter bias; // (out)

    /// <summary>A map whose weights are not yet set.</summary>
    public Conv1D(long numInputs, long numOutputs)
        : base(nameof(Conv1D))
    {
        weight = new Parameter(empty([numInputs, numOutputs]));
        bias = new Parameter(empty([numOutputs]));
        register_parameter(nameof(weight), weight);
        register_parameter(nameof(bias), bias);
    }

    /// <summary>(N, in) → (N, out).</summary>
    public override Tensor forward(Tensor input) => addmm(bias, input, weight, 1, 1);
}
