using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// Likelihood by quantiles, as Quark (Lu et al. 2022) does it for rewards: each sequence is tagged with the quantile of its likelihood
/// under p, the student is trained by maximum likelihood given the tag, with beta * KL(q || p), and asked for the best tag afterwards.
/// It has no temperature: the number of quantiles says how sharp the best one is.
/// </summary>
public sealed class PartitionObjective : IObjective, IStepAgreement
{
    private readonly PartitionOptions options;
    private readonly LikelihoodQuantiles quantiles;

    /// <param name="options">The settings.</param>
    /// <param name="maxLength">The longest L there will be.</param>
    /// <param name="device">Where the sums are.</param>
    public PartitionObjective(PartitionOptions options, long maxLength, Device? device = null)
    {
        if (options.NumQuantiles < 1) throw new ArgumentException($"quantiles {options.NumQuantiles}: give 1 or more");
        this.options = options;
        quantiles = new LikelihoodQuantiles(maxLength, device);
    }

    /// <inheritdoc/>
    public IStepAgreement Agreement => this;

    /// <inheritdoc/>
    public TeacherNeeds Needs => TeacherNeeds.LogProbs | (options.Beta > 0 ? TeacherNeeds.Logits : TeacherNeeds.None);

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Pending => quantiles.Pending;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State => quantiles.State;

    /// <summary>(B): the tag of each sequence, <see cref="PartitionOptions.TagOf"/>, by the committed quantiles.</summary>
    public Tensor ConditionOf(ObjectiveBatch batch, TeacherSignal? teacher)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var rank = quantiles.RankOf(SequenceMeans.Of(batch.Mask).Sum(teacher.LogProbs)) * options.NumQuantiles;
        return ((rank.floor().clamp(0, options.NumQuantiles - 1) + 0.5) / options.NumQuantiles).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Observe(ObjectiveBatch batch, TeacherSignal? teacher)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var means = SequenceMeans.Of(batch.Mask);
        quantiles.Observe(means.Sum(teacher.LogProbs), means.Counted);
    }

    /// <inheritdoc/>
    public bool Commit()
    {
        quantiles.Commit();
        return false;
    }

    /// <inheritdoc/>
    public ObjectiveLoss Loss(ObjectiveBatch batch, StudentStates student, TeacherSignal? teacher)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        var root = student.Root(); // (B, L, E) or (B, L, V)
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var means = SequenceMeans.Of(batch.Mask);
        var shares = means.Shares();
        var divergence = options.Beta > 0 ? TokenDivergence.Of(teacher, shares * options.Beta, KlDirection.StudentTeacher) : null;
        var head = TokenHead.Differentiate(root, student, batch, shares, divergence);
        var likelihood = -means.Mean(head.LogProbs); // (B)
        var figures = new FigureValues(batch.Mask)
            .Add(LossFigures.Loss, likelihood).Add(LossFigures.Likelihood, likelihood).Add(LossFigures.Surprisal, -means.Sum(head.LogProbs));
        if (head.Kl is not null)
        {
            var kl = means.Mean(head.Kl); // (B)
            figures.Add(LossFigures.Loss, likelihood + kl * options.Beta).Add(LossFigures.Kl, kl);
        }

        return ObjectiveLoss.Of(figures, root, student, head).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void EndStep()
    {
    }

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> state) => quantiles.Load(state);

    /// <inheritdoc/>
    public void Dispose() => quantiles.Dispose();
}
