namespace Lhts.Sampling.Joint;

/// <summary>Texts with weights, which together stand for p_T, and what they cost.</summary>
/// <param name="Runs">The independent runs.</param>
/// <param name="NumTeacherTokens">Tokens that went through the teacher; those of a prompt count once a run.</param>
/// <param name="NumStudentTokens">Tokens that went through the student; 0 without one.</param>
public sealed record PowerSmcResult(IReadOnlyList<SmcRun> Runs, long NumTeacherTokens, long NumStudentTokens)
{
    /// <summary>All particles, run by run.</summary>
    public IReadOnlyList<SampledSequence> Sequences { get; } = [.. Runs.SelectMany(run => run.Sequences)];

    /// <summary>log of the mean of the runs' estimates of Z_T, in nats.</summary>
    public double LogZ => LogWeights.LogMean([.. Runs.Select(run => run.LogZ)]);

    /// <summary>Its standard error, from the spread of the runs; NaN for one run.</summary>
    public double LogZError => LogWeights.LogMeanError([.. Runs.Select(run => run.LogZ)]);

    /// <summary>Each particle's share, in the order of <see cref="Sequences"/>: a run counts by its own estimate of Z_T. They sum to one.</summary>
    public double[] Weights()
    {
        var logs = Runs.SelectMany(run => run.LogWeights.Select(weight => weight - LogWeights.LogSum(run.LogWeights) + run.LogZ));
        return LogWeights.Normalise([.. logs]);
    }

    /// <summary>Effective sample size of all particles' weights. It does not know that particles share ancestors.</summary>
    public double EffectiveSampleSize => 1 / Weights().Sum(weight => weight * weight);

    /// <summary>Resamplings of all runs.</summary>
    public int NumResamplings => Runs.Sum(run => run.NumResamplings);

    /// <summary>Texts with equal weights, taken systematically from the particles: approximately draws of p_T.</summary>
    /// <param name="count">How many, at least 1; a text may come more than once.</param>
    /// <param name="seed">Of the one random number that is needed.</param>
    public IReadOnlyList<SampledSequence> Resample(int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var taken = SystematicResampling.Draw(Weights(), count, CounterRandom.Uniform(seed, count, 0));
        return [.. taken.Select(i => Sequences[i])];
    }
}
