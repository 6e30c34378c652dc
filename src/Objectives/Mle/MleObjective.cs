using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>Maximum likelihood, for training teachers: the mean over all valid tokens of the step of -log q(x_i | x_&lt;i).</summary>
/// <remarks>The mean is over tokens, as usual for language models: a long document counts more than a short one, unlike in LHTS.</remarks>
public sealed class MleObjective : IObjective
{
    /// <inheritdoc/>
    public TeacherNeeds Needs => TeacherNeeds.None;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters => [];

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Pending => [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State { get; } = new Dictionary<string, Tensor>();

    /// <summary>The number of valid tokens.</summary>
    public double CountOf(ObjectiveBatch batch)
    {
        using var scope = NewDisposeScope();
        return batch.Mask.to(ScalarType.Float64).sum().cpu().item<double>();
    }

    /// <inheritdoc/>
    public Tensor ConditionOf(ObjectiveBatch batch, TeacherSignal? teacher) => batch.Temperatures.alias();

    /// <inheritdoc/>
    public void Observe(ObjectiveBatch batch, TeacherSignal? teacher)
    {
    }

    /// <inheritdoc/>
    public bool Commit() => false;

    /// <inheritdoc/>
    public ObjectiveLoss Loss(ObjectiveBatch batch, Tensor studentLogits, TeacherSignal? teacher)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var valid = batch.Mask.to(ScalarType.Float64); // (B, L)
        var head = TokenHead.Differentiate(studentLogits, batch.Targets, valid, divergence: null);
        var loss = -where(batch.Mask, head.LogProbs.to(ScalarType.Float64), zeros_like(valid)).sum();
        var tokens = valid.sum();
        var values = new Dictionary<LossSum, Tensor>
        {
            [LossSum.Count] = tokens,
            [LossSum.Sequences] = batch.Mask.any(1).sum(),
            [LossSum.Tokens] = tokens,
            [LossSum.Loss] = loss,
            [LossSum.Likelihood] = loss,
            [LossSum.Surprisal] = loss,
        };
        var sums = LossSums.Of(values, maxLogWeight: null, studentLogits.device).MoveToOuterDisposeScope();
        return new(sums, studentLogits, head.Gradient.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void EndStep()
    {
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
