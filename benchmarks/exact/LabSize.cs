namespace Lhts.Benchmarks.Exact;

/// <summary>How much is run.</summary>
public enum LabSize
{
    /// <summary>One teacher of each kind, a quarter of the sequences, T = 0.5, the goals' methods.</summary>
    Quick,

    /// <summary>The tables of the docs: every method at T = 0.5, the goals' at the others.</summary>
    Default,

    /// <summary>Every method at every temperature on every teacher.</summary>
    Full,
}
