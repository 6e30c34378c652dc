using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// The pairwise objective of Scheufele et al. (ICML 2026): the mean over pairs of sequences of
/// (T * (log q(x) - log q(y)) - (log p(x) - log p(y)))^2, in which the partition function cancels. With d = T log q - log p the sum over
/// pairs is N times the sum of (d - mean d)^2, so it costs no more than the sequences do.
/// </summary>
/// <remarks>Pairs are formed within a micro-batch, among sequences of one temperature; so unlike the others this depends on the split.</remarks>
public sealed class PairwiseObjective(TemperatureBins? bins = null) : IObjective
{
    private readonly TemperatureBins bins = bins ?? TemperatureBins.Single;

    /// <inheritdoc/>
    public TeacherNeeds Needs => TeacherNeeds.LogProbs;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters => [];

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Pending => [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State { get; } = new Dictionary<string, Tensor>();

    /// <inheritdoc/>
    public double CountOf(ObjectiveBatch batch) => SequenceMeans.CountOf(batch.Mask);

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
        ArgumentNullException.ThrowIfNull(teacher);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var means = SequenceMeans.Of(batch.Mask);
        var temperatures = batch.Temperatures.to(ScalarType.Float64); // (B)
        var logQ = means.Sum(TokenHead.LogProbs(studentLogits, batch.Targets));
        var (deviation, factor) = Deviations(temperatures * logQ - means.Sum(teacher.LogProbs), means.Counted, batch.Temperatures);
        // d(2 n/(n-1) * sum of deviation^2) by log q_b; the head's scale is of -log q.
        var scale = (deviation * factor * temperatures * -4.0).unsqueeze(1) * batch.Mask.to(ScalarType.Float64); // (B, L)
        var head = TokenHead.Differentiate(studentLogits, batch.Targets, scale, divergence: null);
        var values = means.Counts();
        values[LossSum.Loss] = (deviation.square() * factor * 2.0).sum();
        values[LossSum.Likelihood] = -logQ.sum();
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

    /// <summary>(B), (B): d less the mean of its temperature, and n / (n - 1); zero where a sequence has no partner.</summary>
    private (Tensor Deviation, Tensor Factor) Deviations(Tensor differences, Tensor counted, Tensor temperatures)
    {
        var index = bins.IndexOf(temperatures);
        var weights = counted.to(ScalarType.Float64);
        Tensor ByBin(Tensor values) => zeros(bins.Count, dtype: ScalarType.Float64, device: values.device).scatter_add_(0, index, values);
        var counts = ByBin(weights);
        var centre = (ByBin(differences * weights) / counts.clamp_min(1.0)).index_select(0, index);
        var partners = counts.index_select(0, index) - 1.0;
        var factor = where(partners.gt(0.0), (partners + 1.0) / partners.clamp_min(1.0), zeros_like(partners)) * weights;
        return ((differences - centre) * weights, factor);
    }
}
