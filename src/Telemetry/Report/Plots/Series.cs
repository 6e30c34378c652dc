namespace Lhts.Telemetry.Report.Plots;

/// <summary>A marked point.</summary>
/// <param name="X">Value on the x axis.</param>
/// <param name="Y">Value on the y axis.</param>
/// <param name="ErrorX">Half the length of its bar along x.</param>
/// <param name="ErrorY">Half the length of its bar along y.</param>
/// <param name="Label">What stands beside it.</param>
internal sealed record Mark(double X, double Y, double ErrorX, double ErrorY, string Label);

/// <summary>Shapes of marks.</summary>
internal enum Shape
{
    /// <summary>A filled disc.</summary>
    Disc,

    /// <summary>A ring.</summary>
    Ring,

    /// <summary>A filled diamond.</summary>
    Diamond,
}

/// <summary>What belongs together in a plot: of one colour, with one line in the legend.</summary>
internal sealed record Series
{
    /// <summary>Its name in the legend; empty for none.</summary>
    public required string Name { get; init; }

    /// <summary>The colour, as CSS writes it.</summary>
    public required string Colour { get; init; }

    /// <summary>The shape of its marks.</summary>
    public Shape Shape { get; init; }

    /// <summary>Whether its line is dashed.</summary>
    public bool IsDashed { get; init; }

    /// <summary>Whether its labels must be shown; others give way.</summary>
    public bool IsLabelled { get; init; }

    /// <summary>The line, in its order.</summary>
    public IReadOnlyList<(double X, double Y)> Line { get; init; } = [];

    /// <summary>The marks.</summary>
    public IReadOnlyList<Mark> Marks { get; init; } = [];
}
