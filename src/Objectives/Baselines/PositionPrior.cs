using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// What the position adds to the head's f in the log-partition of the future: D_i = log mean over documents that reach i of
/// exp(a*lp_i + f_{i+1} - f_i) * (exp(D_{i+1}) where the document goes on, 1 where it ends). So b = D + f has weights of mean 1 at every position,
/// right about how much is left from the first step on and at every length, while the head learns what the prefix tells. A weight that is bounded for
/// the head is bounded here alike: were one huge weight to set the mean, all the others would pull the head down together, without end.
/// </summary>
internal sealed class PositionPrior : IStepState
{
    private readonly TemperatureBins bins;
    private readonly long maxLength;
    private readonly RunningMean goingOn; // (bins * L): exp(a*lp + f' - f) where the document goes on, of all that reach the position
    private readonly RunningMean ending; // (bins * L): exp(a*lp - f) where it ends
    private readonly Tensor table; // (bins, L + 1): D, zero beyond the end

    public PositionPrior(TemperatureBins bins, long maxLength, double decay, Device? device)
    {
        this.bins = bins;
        this.maxLength = maxLength;
        goingOn = new RunningMean("prior.going-on", bins.Count * maxLength, priorCount: 0, decay, device);
        ending = new RunningMean("prior.ending", bins.Count * maxLength, priorCount: 0, decay, device);
        table = zeros(bins.Count, maxLength + 1, dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
    }

    public IReadOnlyList<Tensor> Pending => [.. goingOn.Pending, .. ending.Pending];

    public IReadOnlyDictionary<string, Tensor> State =>
        goingOn.State.Concat(ending.State).ToDictionary(entry => entry.Key, entry => entry.Value);

    /// <summary>Adds a micro-batch to the pending sums.</summary>
    /// <param name="inputs">The teacher's log-probs and what goes with them.</param>
    /// <param name="known">(B, L): f, zero where nothing is read.</param>
    /// <param name="bound">Upper bound of the log weights under the committed D; null for none.</param>
    public void Observe(WeightInputs inputs, Tensor known, double? bound)
    {
        using var scope = NewDisposeScope();
        var length = inputs.Mask.shape[1];
        if (length > maxLength)
        {
            throw new ArgumentException($"{length} positions were given and the baseline has {maxLength}; make the context at least that long.");
        }

        var atEnd = AtEnd(inputs);
        var reached = inputs.Known().logical_or(atEnd).to(ScalarType.Float64); // (B, L)
        var next = inputs.Read.to(ScalarType.Float64);
        var goesOn = (HorizonSum.ShiftedLeft(next, 1) + atEnd.to(ScalarType.Float64)) * reached;
        var steps = inputs.LogProbs * inputs.Exponents + where(atEnd, known, HorizonSum.ShiftedLeft(known, 1)) - known;
        if (bound is { } most) steps = minimum(steps, Increments(inputs, goesOn) + most);

        var weights = steps.exp();
        goingOn.Observe(ByBin(inputs, weights * goesOn), ByBin(inputs, reached));
        ending.Observe(ByBin(inputs, weights * (reached - goesOn)), ByBin(inputs, reached));
    }

    /// <summary>Folds the pending sums in and works the table out from the last position backwards.</summary>
    public void Commit()
    {
        goingOn.Commit();
        ending.Commit();
        Solve();
    }

    /// <summary>(B, L): D_i, or D_i - D_{i+horizon}, which is what the tokens up to the horizon come to.</summary>
    public Tensor Of(WeightInputs inputs, long? horizon)
    {
        using var scope = NewDisposeScope();
        var rows = table.index_select(0, BinOf(inputs)); // (B, max L + 1)
        if (horizon is { } steps) rows = rows - HorizonSum.ShiftedLeft(rows, steps);
        return rows.narrow(1, 0, inputs.Mask.shape[1]).MoveToOuterDisposeScope();
    }

    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        goingOn.Load(state);
        ending.Load(state);
        Solve();
    }

    public void Dispose()
    {
        goingOn.Dispose();
        ending.Dispose();
        table.Dispose();
    }

    private void Solve()
    {
        using var scope = NewDisposeScope();
        var on = goingOn.Mean.cpu().data<double>().ToArray();
        var end = ending.Mean.cpu().data<double>().ToArray();
        var solved = new double[bins.Count * (maxLength + 1)];
        for (var bin = 0; bin < bins.Count; bin++)
        {
            for (var i = maxLength - 1; i >= 0; i--)
            {
                var at = bin * maxLength + i;
                var next = solved[bin * (maxLength + 1) + i + 1];
                // Where nothing was seen the mean is NaN and nothing is known of what follows.
                var value = FutureReturns.LogAddExp(Math.Log(on[at]) + next, Math.Log(end[at]));
                solved[bin * (maxLength + 1) + i] = double.IsFinite(value) ? value : 0;
            }
        }

        table.copy_(tensor(solved).reshape(bins.Count, maxLength + 1));
    }

    /// <summary>(B, L): what the committed D falls by to the next position, or to the end; infinite where one of them was never reached.</summary>
    private Tensor Increments(WeightInputs inputs, Tensor goesOn)
    {
        var length = inputs.Mask.shape[1];
        var bin = BinOf(inputs);
        var values = table.index_select(0, bin); // (B, max L + 1)
        var isNew = goingOn.Count.reshape(bins.Count, maxLength).index_select(0, bin).narrow(1, 0, length).le(0.0); // (B, L)
        var isNextNew = HorizonSum.ShiftedLeft(isNew.to(ScalarType.Float64), 1) * goesOn;
        var increments = values.narrow(1, 0, length) - values.narrow(1, 1, length) * goesOn;
        return increments.masked_fill(isNew.logical_or(isNextNew.gt(0.0)), double.PositiveInfinity);
    }

    /// <summary>
    /// (B, L) bool: a document that goes on behind the last position there can be. It is taken to go on as it is there: were it left out, only those
    /// that end just there would tell what D is, which all others are counted back from.
    /// </summary>
    private Tensor AtEnd(WeightInputs inputs)
    {
        if (inputs.Border is not { } border) return zeros_like(inputs.Mask);
        var places = arange(inputs.Mask.shape[1], device: border.device).unsqueeze(0); // (1, L)
        return places.eq(border).logical_and(places.eq(maxLength - 1));
    }

    private Tensor BinOf(WeightInputs inputs) => bins.IndexOf(1.0 / (inputs.Exponents.squeeze(1) + 1.0));

    private Tensor ByBin(WeightInputs inputs, Tensor values)
    {
        var padded = zeros(values.shape[0], maxLength, dtype: ScalarType.Float64, device: values.device);
        padded.narrow(1, 0, values.shape[1]).copy_(values);
        var sums = zeros(bins.Count, maxLength, dtype: ScalarType.Float64, device: values.device);
        return sums.index_add_(0, BinOf(inputs), padded, 1).reshape(-1);
    }
}
