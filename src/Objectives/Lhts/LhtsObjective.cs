using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// Long Horizon Temperature Scaling (Shih, Sadigh, Ermon 2023): mean over sequences of the mean over valid positions of
/// w_i * (-log q(x_i | x_&lt;i)) + beta * KL_i, each sequence divided by its temperature's running mean if so set.
/// B sequences, L positions, V tokens.
/// </summary>
public sealed class LhtsObjective : IObjective, IStepAgreement
{
    private readonly LhtsOptions options;
    private readonly IBaseline baseline;
    private readonly TemperatureNormaliser? normaliser;
    private bool observesTeacherLoss;

    /// <param name="options">The settings.</param>
    /// <param name="maxLength">The longest L there will be: the context.</param>
    /// <param name="bins">Which temperatures share a loss normaliser; all in one when null.</param>
    /// <param name="hiddenSize">D of the teacher's hidden states; read only for the learned baseline.</param>
    /// <param name="device">Where the running sums are; the CPU when null.</param>
    /// <exception cref="ArgumentException">A setting is out of bounds; all of them are named.</exception>
    public LhtsObjective(LhtsOptions options, long maxLength, TemperatureBins? bins = null, long hiddenSize = 0, Device? device = null)
        : this(options, BaselineOf(options, maxLength, bins, hiddenSize, device), options.NormalisePerTemperature
            ? new TemperatureNormaliser(bins ?? TemperatureBins.Single, options.RunningMeanDecay, device)
            : null)
    {
    }

    /// <param name="options">The settings; the baseline named there is not read.</param>
    /// <param name="baseline">The baseline, with its horizon; disposed with the objective.</param>
    /// <param name="normaliser">The loss normaliser or null; disposed with the objective.</param>
    public LhtsObjective(LhtsOptions options, IBaseline baseline, TemperatureNormaliser? normaliser = null)
    {
        options.Validate();
        this.options = options;
        this.baseline = baseline;
        this.normaliser = normaliser;
    }

    /// <inheritdoc/>
    public IStepAgreement Agreement => this;

    /// <inheritdoc/>
    public TeacherNeeds Needs => TeacherNeeds.LogProbs | baseline.Needs | (options.Beta > 0 ? TeacherNeeds.Logits : TeacherNeeds.None);

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters => baseline.Parameters;

    /// <inheritdoc/>
    public IReadOnlyList<Figure> Figures { get; } = [.. LossFigures.All, .. WeightFigures.All];

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Pending => [.. baseline.Pending, .. normaliser?.Pending ?? []];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State => baseline.State
        .Concat(normaliser?.State ?? new Dictionary<string, Tensor>())
        .ToDictionary(entry => entry.Key, entry => entry.Value);

    /// <summary>The weights of a micro-batch under the committed baseline.</summary>
    public LhtsWeights WeightsOf(ObjectiveBatch batch, TeacherSignal teacher) =>
        LhtsWeights.Of(WeightInputs.Of(batch, teacher), baseline, options.Clip);

    /// <inheritdoc/>
    public void Observe(ObjectiveBatch batch, TeacherSignal? teacher)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var means = SequenceMeans.Of(batch.Mask);
        var inputs = WeightInputs.Of(batch, teacher);
        if (observesTeacherLoss)
        {
            var losses = means.Mean(-(LhtsWeights.Of(inputs, baseline, options.Clip).Weights * inputs.LogProbs));
            normaliser!.Observe(losses, batch.Temperatures, means.Counted, onlyNew: true);
            return;
        }

        baseline.Observe(inputs);
        normaliser?.ObservePresence(batch.Temperatures, means.Counted);
    }

    /// <inheritdoc/>
    public bool Commit()
    {
        if (observesTeacherLoss)
        {
            normaliser!.Commit();
            observesTeacherLoss = false;
            return false;
        }

        baseline.Commit();
        observesTeacherLoss = normaliser?.LacksMeans() ?? false;
        return observesTeacherLoss;
    }

    /// <inheritdoc/>
    public ObjectiveLoss Loss(ObjectiveBatch batch, StudentStates student, TeacherSignal? teacher)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        var root = student.Root(); // (B, L, E) or (B, L, V)
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var means = SequenceMeans.Of(batch.Mask);
        var inputs = WeightInputs.Of(batch, teacher);
        var weights = LhtsWeights.Of(inputs, baseline, options.Clip);
        var divisors = normaliser is null ? ones_like(means.Lengths) : normaliser.DivisorOf(batch.Temperatures); // (B)
        divisors = where(means.Counted, divisors, ones_like(divisors));
        var shares = means.Shares() / divisors.unsqueeze(1); // (B, L)
        var divergence = options.Beta > 0 ? TokenDivergence.Of(teacher, shares * options.Beta, options.KlDirection) : null;
        var control = options.Control == ControlKind.Student ? new TokenControl(inputs.LogProbs, shares, options.Clip) : null;
        var head = TokenHead.Differentiate(root, student, batch, weights.Weights * shares, divergence, control);
        var auxiliary = AuxiliaryLosses(inputs, means, control?.Of(head.LogProbs)); // (B)

        var likelihood = means.Mean(-(weights.Weights * head.LogProbs)); // (B)
        var kl = head.Kl is null ? zeros_like(likelihood) : means.Mean(head.Kl); // (B)
        normaliser?.Observe(likelihood, batch.Temperatures, means.Counted, onlyNew: false);
        var figures = new FigureValues(batch.Mask)
            .Add(LossFigures.Loss, (likelihood + kl * options.Beta) / divisors).Add(LossFigures.Likelihood, likelihood).Add(LossFigures.Kl, kl)
            .Add(LossFigures.Surprisal, -means.Sum(head.LogProbs));
        if (auxiliary is not null) figures.Add(LossFigures.Auxiliary, auxiliary);
        WeightFigures.AddTo(figures, weights, batch.Mask, options.Clip);
        return ObjectiveLoss.Of(figures, root, student, head, Sum(auxiliary)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void EndStep() => normaliser?.Commit();

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        baseline.Load(state);
        normaliser?.Load(state);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        baseline.Dispose();
        normaliser?.Dispose();
    }

    private static IBaseline BaselineOf(LhtsOptions options, long maxLength, TemperatureBins? bins, long hiddenSize, Device? device)
    {
        options.Validate();
        return options.Baseline switch
        {
            BaselineKind.None => new NoBaseline(options.Horizon),
            BaselineKind.Learned => new LearnedBaseline(options, maxLength, hiddenSize, bins, device),
            _ => new RunningMeanBaseline(options.Baseline, options.Horizon, maxLength, options.RunningMeanDecay, device),
        };
    }

    private Tensor? AuxiliaryLosses(WeightInputs inputs, SequenceMeans means, Tensor? controls)
    {
        using var grad = enable_grad();
        return baseline.AuxiliaryLoss(inputs, controls) is { } losses ? means.Mean(losses) : null;
    }

    private static Tensor? Sum(Tensor? losses)
    {
        using var grad = enable_grad();
        return losses?.sum();
    }
}
