using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// A student on sequences of known log-probs under the teacher, with a learned log flow beside it. What kinds differ in is the credit of each token and what
/// the flow learns from. The loss that is shown is the negative free energy of the sequences, E[log q(x) - log p(x) / T], in nats a sequence: log Z_T less it
/// is the divergence of q from p_T when the sequences are the student's own.
/// </summary>
/// <remarks>docs/objectives.md derives each kind; none has noise or gradient at q = p_T, V = log Z_T(x_&lt;i).</remarks>
public abstract class FlowObjective : IObjective, IStepAgreement
{
    /// <summary>Nats by which a token's cost moves in a step whose texts are twice as long as they are to be, where u is 1.</summary>
    private const double CostShare = 0.05;

    private readonly LogFlow flow;
    private readonly Tensor sums; // (5, L), pending: what LogFlow.Solve and Track read
    private readonly Tensor isSolved; // (1): whether the positions are known
    private readonly Tensor lengths; // (2): tokens and sequences, pending
    private readonly Tensor tokenCost; // (1): c, nats a token where u is 1
    private bool areLossesDue; // between Commit and EndStep, on all ranks alike

    /// <param name="options">The settings.</param>
    /// <param name="maxLength">The longest L there will be.</param>
    /// <param name="studentWidth">Width of the student's hidden states.</param>
    /// <param name="teacherWidth">Width of the teacher's.</param>
    /// <param name="device">Where the parameters are; the CPU when null.</param>
    /// <exception cref="ArgumentException">A setting is out of bounds.</exception>
    protected FlowObjective(FlowOptions options, long maxLength, long studentWidth, long teacherWidth, Device? device)
    {
        options.Validate();
        Options = options;
        flow = new LogFlow(maxLength, studentWidth, teacherWidth, options.HeadWidth, device);
        sums = zeros(5, maxLength, dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
        isSolved = zeros(1, dtype: ScalarType.Float64).DetachFromDisposeScope();
        lengths = zeros(2, dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
        tokenCost = zeros(1, dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
    }

    /// <summary>The settings.</summary>
    protected FlowOptions Options { get; }

    /// <inheritdoc/>
    public TeacherNeeds Needs => TeacherNeeds.LogProbs | TeacherNeeds.HiddenStates;

    /// <inheritdoc/>
    public IStepAgreement Agreement => this;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters => TracksReturns ? flow.OfPrefix : [flow.OfPlaces, .. flow.OfPrefix];

    /// <summary>Until the positions are known.</summary>
    public bool ReadsStudent => !IsSolved;

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Pending => areLossesDue && Options.MeanLength is not null ? [sums, lengths] : !IsSolved || areLossesDue ? [sums] : [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State => TracksReturns
        ? new Dictionary<string, Tensor>(flow.Tracked) { ["flow.solved"] = isSolved, ["flow.tokenCost"] = tokenCost }
        : new Dictionary<string, Tensor> { ["flow.solved"] = isSolved };

    /// <summary>
    /// Whether V is the mean return of the sequences at hand, so that what the position alone tells of it follows every step's: the student gets better
    /// by nats in a few steps, which Adam does not follow in time. Default false: it is trained as the rest is.
    /// </summary>
    protected virtual bool TracksReturns => false;

    private bool IsSolved => isSolved.item<double>() > 0;

    /// <summary>Gathers the returns of the first sequences, by position.</summary>
    public void Observe(ObjectiveBatch batch, TeacherSignal? teacher)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        if (IsSolved || batch.IsOfTarget || batch.StudentLogProbs is not { } logQ) return;
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        Gather(batch, HorizonSum.Of(RatiosOf(batch, teacher, logQ), batch.Mask, horizon: null));
    }

    /// <summary>Solves what the position alone tells, once sequences of a temperature other than 1 have been seen.</summary>
    public bool Commit()
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        if (!IsSolved)
        {
            if (sums.select(0, 2).max().cpu().item<double>() > 0)
            {
                if (TracksReturns) flow.Track(sums);
                else flow.Solve(sums);
                isSolved.fill_(1.0);
            }

            sums.zero_();
        }

        areLossesDue = TracksReturns && IsSolved;
        return false;
    }

    /// <summary>Moves what the position alone tells towards the returns of the step.</summary>
    public void EndStep()
    {
        if (!areLossesDue) return;
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        flow.Track(sums);
        if (Options.MeanLength is { } target) tokenCost.add_(((lengths[0] / (lengths[1].clamp_min(1.0) * target)) - 1.0) * CostShare);
        sums.zero_();
        lengths.zero_();
        areLossesDue = false;
    }

    /// <inheritdoc/>
    public ObjectiveLoss Loss(ObjectiveBatch batch, StudentStates student, TeacherSignal? teacher)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        var teacherStates = teacher.HiddenStates ?? throw new ArgumentException("The log flow reads the teacher's hidden states.", nameof(teacher));
        var logits = student.Logits(); // (B, L, V)
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var means = SequenceMeans.Of(batch.Mask);
        var logQ = TokenHead.LogProbs(logits, batch.Targets);
        Tensor flows;
        using (enable_grad()) flows = flow.Of(batch, student.HiddenStates, teacherStates); // (B, L)
        var signal = new FlowSignal(RatiosOf(batch, teacher, logQ), flows.detach(), batch.Mask);
        if (areLossesDue && !batch.IsOfTarget)
        {
            Gather(batch, signal.Returns() - signal.Flows);
            var numTokens = batch.Mask.sum(dim: 1).to(ScalarType.Float64); // (B)
            lengths.add_(stack(new[] { numTokens.sum(), numTokens.gt(0.0).to(ScalarType.Float64).sum() }));
        }

        var credit = batch.IsOfTarget ? CreditOfTarget(signal) : Credit(signal); // (B, L)
        var shares = means.Shares();
        var head = TokenHead.Differentiate(logits, batch.Targets, credit.Policy * shares, divergence: null);
        Tensor auxiliary;
        using (enable_grad()) auxiliary = (FlowLoss(signal, credit, flows) * shares).sum(dim: 1); // (B)

        var figures = new FigureValues(batch.Mask)
            .Add(LossFigures.Loss, -signal.Ratios.sum(dim: 1)).Add(LossFigures.Likelihood, -means.Mean(logQ)).Add(LossFigures.Surprisal, -means.Sum(logQ))
            .Add(LossFigures.Auxiliary, auxiliary);
        using (enable_grad()) auxiliary = auxiliary.sum();
        return new(figures.MoveToOuterDisposeScope(), logits, head.Gradient.MoveToOuterDisposeScope(), auxiliary.MoveToOuterDisposeScope());
    }

    /// <summary>Takes over what was saved.</summary>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        foreach (var (name, value) in State) StateFile.Copy(state, name, value);
        sums.zero_();
        lengths.zero_();
        areLossesDue = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        flow.Dispose();
        sums.Dispose();
        isSolved.Dispose();
        lengths.Dispose();
        tokenCost.Dispose();
    }

    /// <summary>The factor of -log q of each token, and what the flow is to be told.</summary>
    protected internal abstract FlowCredit Credit(FlowSignal signal);

    /// <summary>The same for texts of p_T itself. Default: as for any others.</summary>
    protected virtual FlowCredit CreditOfTarget(FlowSignal signal) => Credit(signal);

    /// <summary>(B, L) with a graph by the flows: what trains them.</summary>
    /// <param name="signal">Ratios and known flows.</param>
    /// <param name="credit">What <see cref="Credit"/> gave.</param>
    /// <param name="flows">(B, L): the flows with their graph.</param>
    protected internal abstract Tensor FlowLoss(FlowSignal signal, FlowCredit credit, Tensor flows);

    /// <summary>Adds (B, L) float64 returns, or what is left of them, to the pending sums, by position.</summary>
    private void Gather(ObjectiveBatch batch, Tensor returns)
    {
        var u = LogFlow.ExcessOf(batch) * batch.Mask.to(ScalarType.Float64); // (B, L)
        var places = LogFlow.PlacesOf(batch.Mask).reshape(-1);
        var (square, cube) = (u * u, u * u * u);
        Tensor[] terms = [u * returns, square * returns, square, cube, cube * u];
        foreach (var (row, term) in terms.Index()) sums.select(0, row).scatter_add_(0, places, term.reshape(-1));
    }

    /// <summary>r, (B, L) float64, zero where the mask is; less what a token costs.</summary>
    private Tensor RatiosOf(ObjectiveBatch batch, TeacherSignal teacher, Tensor logQ)
    {
        using var scope = NewDisposeScope();
        var inverse = (1.0 / batch.Temperatures.to(ScalarType.Float64)).unsqueeze(1); // (B, 1)
        var ratios = teacher.LogProbs.to(ScalarType.Float64) * inverse - logQ.to(ScalarType.Float64);
        if (Options.MeanLength is not null) ratios = ratios - ((inverse - 1.0) * tokenCost);
        return where(batch.Mask, ratios, zeros_like(ratios)).MoveToOuterDisposeScope();
    }
}

/// <summary>What a sequence's errors say of its tokens and prefixes.</summary>
/// <param name="Policy">(B, L): what -log q of each token is multiplied by.</param>
/// <param name="Flow">(B, L): what the flow learns from, as the kind reads it.</param>
public sealed record FlowCredit(Tensor Policy, Tensor Flow);
