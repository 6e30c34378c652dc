using Lhts.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>
/// The bootstrapped tail with the exact log-partition in the head's place: what a perfect head would reach. It is handed b in place of
/// the teacher's hidden states, (B, L, 1).
/// </summary>
public sealed class ExactBaseline(long? horizon) : IBaseline
{
    /// <inheritdoc/>
    public TeacherNeeds Needs => TeacherNeeds.HiddenStates;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Pending => [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State { get; } = new Dictionary<string, Tensor>();

    /// <inheritdoc/>
    public void Observe(WeightInputs inputs)
    {
    }

    /// <inheritdoc/>
    public void Commit()
    {
    }

    /// <inheritdoc/>
    public Tensor LogWeights(WeightInputs inputs)
    {
        using var scope = NewDisposeScope();
        var values = inputs.HiddenStates!.squeeze(2);
        var sums = HorizonSum.Of(inputs.LogProbs, inputs.Mask, horizon) * inputs.Exponents;
        if (horizon is { } steps) sums = sums + HorizonSum.ShiftedLeft(values, steps);
        return (sums - values).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
