using Lhts.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>The bootstrapped tail with the exact log-partition in the head's place: what a perfect head would reach.</summary>
public sealed class ExactBaseline(MarkovTeacher teacher, double temperature, long? horizon) : IBaseline
{
    private readonly double[,] exact = teacher.LogPartitions(temperature);

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
        var state = inputs.HiddenStates!.narrow(2, 0, teacher.NumSymbols + 1).argmax(2).contiguous().data<long>().ToArray();
        var values = tensor(state.Select((s, at) => exact[at % teacher.Length, s]).ToArray()).reshape(inputs.LogProbs.shape);
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
