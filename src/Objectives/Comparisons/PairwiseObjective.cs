using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// The pairwise objective of Scheufele et al. (ICML 2026): the mean over pairs of sequences of
/// (T * (log q(x) - log q(y)) - (log p(x) - log p(y)))^2, in which the partition function cancels. With d = T log q - log p the sum over
/// pairs is N times the sum of (d - mean d)^2, so it costs no more than the sequences do.
/// </summary>
/// <remarks>
/// Pairs are formed among the sequences of one temperature of a whole step, whose mean d is observed before the first loss: a second
/// forward pass. Where the student's log-probs are not given to <see cref="Observe"/>, pairs lie within a micro-batch.
/// </remarks>
public sealed class PairwiseObjective : IObjective, IStepAgreement
{
    private const int NumSums = 2; // sequences, and their d

    private readonly TemperatureBins bins;
    private readonly Tensor pending; // (2, bins)
    private readonly Tensor observed; // (2, bins): of the step

    /// <param name="bins">Which temperatures are compared with each other; all in one when null.</param>
    /// <param name="device">Where the sums are; the CPU when null.</param>
    public PairwiseObjective(TemperatureBins? bins = null, Device? device = null)
    {
        this.bins = bins ?? TemperatureBins.Single;
        pending = zeros(new long[] { NumSums, this.bins.Count }, dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
        observed = zeros_like(pending).DetachFromDisposeScope();
    }

    /// <summary>
    /// Whether d is log q - log p / T, in nats of the target: the squares are then those of trajectory balance in its log-variance form (Richter et al. 2020),
    /// T^-2 times the pairwise ones. Default false.
    /// </summary>
    public bool IsOfTarget { get; init; }

    /// <inheritdoc/>
    public bool ReadsStudent => true;

    /// <inheritdoc/>
    public IStepAgreement Agreement => this;

    /// <inheritdoc/>
    public TeacherNeeds Needs => TeacherNeeds.LogProbs;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Pending => [pending];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State { get; } = new Dictionary<string, Tensor>();

    /// <inheritdoc/>
    public void Observe(ObjectiveBatch batch, TeacherSignal? teacher)
    {
        if (batch.StudentLogProbs is not { } logQ) return;
        ArgumentNullException.ThrowIfNull(teacher);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var means = SequenceMeans.Of(batch.Mask);
        var (ofQ, ofP) = FactorsOf(batch);
        var differences = ofQ * means.Sum(logQ) - ofP * means.Sum(teacher.LogProbs);
        pending.add_(ByBin(differences, means.Counted, bins.IndexOf(batch.Temperatures)));
    }

    /// <inheritdoc/>
    public bool Commit()
    {
        using var guard = no_grad();
        observed.copy_(pending);
        pending.zero_();
        return false;
    }

    /// <inheritdoc/>
    public ObjectiveLoss Loss(ObjectiveBatch batch, StudentStates student, TeacherSignal? teacher)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        var studentLogits = student.Logits(); // (B, L, V)
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var means = SequenceMeans.Of(batch.Mask);
        var (ofQ, ofP) = FactorsOf(batch); // (B) each
        var logQ = means.Sum(TokenHead.LogProbs(studentLogits, batch.Targets));
        var (deviation, factor) = Deviations(ofQ * logQ - ofP * means.Sum(teacher.LogProbs), means.Counted, batch.Temperatures);
        // d(2 n/(n-1) * sum of deviation^2) by log q_b; the head's scale is of -log q.
        var scale = (deviation * factor * ofQ * -4.0).unsqueeze(1) * batch.Mask.to(ScalarType.Float64); // (B, L)
        var head = TokenHead.Differentiate(studentLogits, batch.Targets, scale, divergence: null);
        var figures = new FigureValues(batch.Mask)
            .Add(LossFigures.Loss, deviation.square() * factor * 2.0).Add(LossFigures.Likelihood, -logQ).Add(LossFigures.Surprisal, -logQ);
        return new(figures.MoveToOuterDisposeScope(), studentLogits, head.Gradient.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void EndStep() => observed.zero_();

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        pending.zero_();
        observed.zero_();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pending.Dispose();
        observed.Dispose();
    }

    /// <summary>(B), (B) float64: what log q and log p are multiplied by in d.</summary>
    private (Tensor OfStudent, Tensor OfTeacher) FactorsOf(ObjectiveBatch batch)
    {
        var temperatures = batch.Temperatures.to(ScalarType.Float64);
        return IsOfTarget ? (ones_like(temperatures), 1.0 / temperatures) : (temperatures, ones_like(temperatures));
    }

    /// <summary>(B), (B): d less the mean of its temperature, and n / (n - 1); zero where a sequence has no partner.</summary>
    private (Tensor Deviation, Tensor Factor) Deviations(Tensor differences, Tensor counted, Tensor temperatures)
    {
        var index = bins.IndexOf(temperatures);
        var weights = counted.to(ScalarType.Float64);
        var own = ByBin(differences, counted, index);
        var sums = where(observed.select(0, 0).gt(0.0), observed, own); // (2, bins)
        var counts = sums.select(0, 0);
        var centre = (sums.select(0, 1) / counts.clamp_min(1.0)).index_select(0, index);
        var partners = counts.index_select(0, index) - 1.0;
        var factor = where(partners.gt(0.0), (partners + 1.0) / partners.clamp_min(1.0), zeros_like(partners)) * weights;
        return ((differences - centre) * weights, factor);
    }

    /// <summary>(2, bins): the sequences that count, and the sum of their values.</summary>
    private Tensor ByBin(Tensor values, Tensor counted, Tensor index)
    {
        var weights = counted.to(ScalarType.Float64);
        var rows = stack(new[] { weights, values * weights }, 0); // (2, B)
        return zeros(new long[] { NumSums, bins.Count }, dtype: ScalarType.Float64, device: values.device).index_add_(1, index, rows, 1);
    }
}
