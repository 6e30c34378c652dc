using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>What weights and baselines are computed from.</summary>
/// <param name="LogProbs">(B, L) float64: the teacher's, zero where the mask is. Long sums of log-probs do not fit float32's 24 bits.</param>
/// <param name="Mask">(B, L) bool.</param>
/// <param name="Exponents">(B, 1) float64: a = (1 - T) / T.</param>
/// <param name="HiddenStates">(B, L, D): the teacher's, for a baseline that reads them.</param>
public sealed record WeightInputs(Tensor LogProbs, Tensor Mask, Tensor Exponents, Tensor? HiddenStates = null)
{
    /// <summary>Takes what is needed out of a batch and the teacher's signal. Log-probs are not read where the mask is zero.</summary>
    public static WeightInputs Of(ObjectiveBatch batch, TeacherSignal teacher)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var logProbs = teacher.LogProbs.detach().to(ScalarType.Float64);
        var exponents = 1.0 / batch.Temperatures.to(ScalarType.Float64) - 1.0;
        return new(
            where(batch.Mask, logProbs, zeros_like(logProbs)).MoveToOuterDisposeScope(), batch.Mask,
            exponents.unsqueeze(1).MoveToOuterDisposeScope(), teacher.HiddenStates?.detach().MoveToOuterDisposeScope());
    }
}
