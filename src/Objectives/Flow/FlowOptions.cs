namespace Lhts.Objectives;

/// <summary>Settings of the log flow: what p^(1/T) sums to behind a prefix, less the part that is learned.</summary>
public sealed record FlowOptions
{
    /// <summary>Width of the head's hidden layer. Default 256.</summary>
    public long HeadWidth { get; init; } = 256;

    /// <summary>lambda: how far a token's credit looks ahead, 0 (one token, detailed balance) to 1 (the end). Default 0.9.</summary>
    public double Lambda { get; init; } = 0.9;

    /// <summary>Tokens whose log-ratios an LHTS weight counts, the predicted one included; null for all. Default 1.</summary>
    public long? Horizon { get; init; } = 1;

    /// <summary>Upper bound of an LHTS log weight; null for none. Default 3.</summary>
    public double? Clip { get; init; } = 3;

    /// <summary>
    /// Tokens that the student's texts are to have on average, where they may end: the soft policy's reward is then log p/T - u c for each token, with c moved
    /// until they have (u = 1/T - 1). Null, the default, for whatever p_T has.
    /// </summary>
    public double? MeanLength { get; init; }

    /// <exception cref="ArgumentException">A value is out of bounds.</exception>
    public void Validate()
    {
        if (HeadWidth < 1) throw new ArgumentException($"head width {HeadWidth}: give 1 or more");
        if (!(Lambda is >= 0 and <= 1)) throw new ArgumentException($"lambda {Lambda}: give a number from 0 to 1");
        if (MeanLength is { } length && !(length >= 1 && double.IsFinite(length))) throw new ArgumentException($"mean length {length}: give 1 or more");
        if (Horizon < 1) throw new ArgumentException($"horizon {Horizon}: it counts the predicted token itself; give 1 or more, or nothing for no limit");
        if (Clip is { } clip && double.IsNaN(clip)) throw new ArgumentException("clip NaN: give a bound for the log weight, or nothing for no bound");
    }
}
