namespace Lhts.Objectives;

/// <summary>Settings of the LHTS objective. The defaults are those of the authors' released GPT-2 run.</summary>
public sealed record LhtsOptions
{
    /// <summary>Number of tokens, the predicted one included, whose log-probs a weight counts; null for all up to the document's end. Default 8.</summary>
    public long? Horizon { get; init; } = 8;

    /// <summary>Upper bound of the log weight; null for none. Default 3.</summary>
    public double? Clip { get; init; } = 3;

    /// <summary>What is subtracted from the log weight. Default index-token.</summary>
    public BaselineKind Baseline { get; init; } = BaselineKind.IndexToken;

    /// <summary>Direction of the divergence between student and teacher. Default q||p.</summary>
    public KlDirection KlDirection { get; init; } = KlDirection.StudentTeacher;

    /// <summary>Weight of that divergence; 0 leaves it out, and the teacher's logits with it. Default 0.05.</summary>
    public double Beta { get; init; } = 0.05;

    /// <summary>Divide each temperature's loss by its own running mean. Default false; for a student of several temperatures.</summary>
    public bool NormalisePerTemperature { get; init; }

    /// <summary>What the sums of running means are multiplied by at each step: 1 is a plain mean over the whole run, less forgets. Default 1.</summary>
    public double RunningMeanDecay { get; init; } = 1;

    /// <summary>What stands for the future beyond the horizon. Default drop; bootstrap needs the learned baseline.</summary>
    public TailKind Tail { get; init; } = TailKind.Drop;

    /// <summary>What the weights are compared with, to vary less. Default none; student only for sequences from the teacher.</summary>
    public ControlKind Control { get; init; } = ControlKind.None;

    /// <summary>Width of the learned baseline's hidden layer; 0 for a linear head. Default 128.</summary>
    public long HeadWidth { get; init; } = 128;

    /// <summary>How far the learned baseline looks ahead as it learns: 0 one token, 1 to the document's end, between a mixture. Default 0.9.</summary>
    public double HeadTrace { get; init; } = 0.9;

    /// <summary>Upper bound of the log weights that the learned baseline learns from. Default 3, like the clip.</summary>
    public double HeadErrorBound { get; init; } = 3;

    /// <summary>Whether a learned baseline stands for all that comes, up to the document's end.</summary>
    internal bool Bootstraps => Tail == TailKind.Bootstrap || Horizon is null;

    /// <summary>
    /// Positions that a weight looks at behind its own: what a piece of a split document must read of the next one. With a tail it is the prefix
    /// behind the horizon, and one where there is no horizon; without tail and horizon a weight ends with the piece.
    /// </summary>
    public int LookAhead => (int)Math.Min(Baseline == BaselineKind.Learned && Bootstraps ? Horizon ?? 1 : Horizon - 1 ?? 0, int.MaxValue);

    /// <summary>Every value that is out of bounds, as a message; empty when all are fine.</summary>
    public IEnumerable<string> Errors()
    {
        if (Horizon < 1) yield return $"horizon {Horizon}: it counts the predicted token itself; give 1 or more, or nothing for no limit";
        if (Clip is { } clip && double.IsNaN(clip)) yield return "clip NaN: give a bound for the log weight, or nothing for no bound";
        if (!(Beta >= 0) || double.IsInfinity(Beta)) yield return $"beta {Beta}: give 0 or more";
        if (!(RunningMeanDecay is > 0 and <= 1)) yield return $"running mean decay {RunningMeanDecay}: give a number above 0 and at most 1";
        if (Tail == TailKind.Bootstrap && Baseline != BaselineKind.Learned)
        {
            yield return $"tail bootstrap: the learned baseline stands for the tail; give baseline learned instead of {Baseline}, or tail drop";
        }

        if (HeadWidth < 0) yield return $"head width {HeadWidth}: give 0 for a linear head, or more";
        if (!(HeadTrace is >= 0 and <= 1)) yield return $"head trace {HeadTrace}: give a number from 0 to 1";
        if (!(HeadErrorBound > 0)) yield return $"head error bound {HeadErrorBound}: give a number above 0";
    }

    /// <exception cref="ArgumentException">A value is out of bounds; all such are named.</exception>
    public void Validate()
    {
        var errors = Errors().ToArray();
        if (errors.Length > 0) throw new ArgumentException(string.Join("; ", errors));
    }
}

/// <summary>What is subtracted from a log weight. Any finite function of the prefix leaves the optimum as it is (LHTS, Proposition 4.2).</summary>
public enum BaselineKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The running mean of a*s over all positions.</summary>
    Mean,

    /// <summary>The running mean of a*s at each position (LHTS, Eq. 11).</summary>
    Index,

    /// <summary>The running mean of lp at each position, subtracted before the horizon sum (the authors' released code).</summary>
    IndexToken,

    /// <summary>The log-partition of the future, learned from the teacher's hidden state.</summary>
    Learned,
}

/// <summary>What stands for the future beyond the horizon.</summary>
public enum TailKind
{
    /// <summary>Nothing, as in the paper; the optimum is then not p_T.</summary>
    Drop,

    /// <summary>The learned log-partition: the optimum is p_T for every horizon.</summary>
    Bootstrap,
}

/// <summary>The control variate of the weights.</summary>
public enum ControlKind
{
    /// <summary>None.</summary>
    None,

    /// <summary>
    /// q(x_i|x_&lt;i) / p(x_i|x_&lt;i) is taken off every weight: <see cref="TokenControl"/>. It needs x ~ p and, to be of use, weights whose mean
    /// is 1, which the learned baseline's are.
    /// </summary>
    Student,
}

/// <summary>Direction of a Kullback-Leibler divergence between the next-token distributions of student q and teacher p.</summary>
public enum KlDirection
{
    /// <summary>KL(q || p), as in the authors' released code.</summary>
    StudentTeacher,

    /// <summary>KL(p || q), as in the paper's Algorithm 1.</summary>
    TeacherStudent,
}
