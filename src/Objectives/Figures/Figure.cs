namespace Lhts.Objectives;

/// <summary>
/// A figure of a training step, declared once: the sums over micro-batches and ranks, the metric, the key in metrics.jsonl, the report's curve and the row of
/// docs/telemetry.md follow from this. Declare it as a public static of the type that knows it, name it in <see cref="IObjective.Figures"/>, and add its
/// values in <see cref="IObjective.Loss"/>. A figure to which nothing was added was not measured, and leaves no trace.
/// </summary>
/// <param name="Name">The metric's name as OpenTelemetry has it, e.g. "lhts.weight.mean". Figures of one name differ in <see cref="Label"/>.</param>
/// <param name="Unit">UCUM, e.g. "{nat}", or "1" for a share; null for none.</param>
/// <param name="Help">What it means, in a sentence.</param>
/// <param name="Statistic">How it is made of sums.</param>
public sealed record Figure(string Name, string? Unit, string Help, Statistic Statistic)
{
    /// <summary>Its name in metrics.jsonl; "group.name" stands in an object of that name.</summary>
    public required string Key { get; init; }

    /// <summary>A label that is always the same, such as ("statistic", "max"). Default null: none.</summary>
    public (string Name, string Value)? Label { get; init; }

    /// <summary>What it is told apart by. Default nothing: one value a step.</summary>
    public FigureBy By { get; init; }

    /// <summary>Whether the values of the steps are added up, in a counter. Default false: a gauge shows the last one.</summary>
    public bool IsCounter { get; init; }

    /// <summary>Whether a step in which it is NaN or infinite is not to change the parameters. Default false.</summary>
    public bool MustBeFinite { get; init; }

    /// <summary>Its name in the line of progress, a word. Default null: it is not there.</summary>
    public string? Short { get; init; }

    /// <summary>The plot of the report that has its curve. Default null: none.</summary>
    public FigurePlot? Plot { get; init; }

    /// <summary>What its curve is called there. Default: the key.</summary>
    public string? Legend { get; init; }
}

/// <summary>What a figure is told apart by.</summary>
public enum FigureBy
{
    /// <summary>Nothing: all sequences of the step.</summary>
    Step,

    /// <summary>Each temperature, and all of them together.</summary>
    Temperature,

    /// <summary>Where the sequences come from.</summary>
    Source,
}

/// <summary>A plot of the report; figures that name the same one share it.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Sentence">How to read it.</param>
public sealed record FigurePlot(string Title, string Sentence)
{
    /// <summary>The ends of its axis. Default null: as the values need.</summary>
    public (double Min, double Max)? Range { get; init; }
}
