namespace Lhts.Telemetry;

/// <summary>A figure of training steps as it is declared elsewhere, with all that is needed to export, write and draw it.</summary>
/// <param name="Name">The instrument, e.g. "lhts.weight.mean"; several figures may share one and differ in <see cref="Label"/>.</param>
/// <param name="Unit">UCUM, or null.</param>
/// <param name="Help">What it means.</param>
/// <param name="Key">Its name in metrics.jsonl; "group.name" stands in an object of that name.</param>
public sealed record FigureDeclaration(string Name, string? Unit, string Help, string Key)
{
    /// <summary>The label that tells its values apart. Default the stage: one value a step.</summary>
    public FigureLabel By { get; init; }

    /// <summary>A label that is always the same. Default null: none.</summary>
    public KeyValuePair<string, object?>? Label { get; init; }

    /// <summary>Whether the values of the steps are added up. Default false: the last one is shown.</summary>
    public bool IsCounter { get; init; }

    /// <summary>How the report draws it. Default null: not at all.</summary>
    public FigureCurve? Curve { get; init; }
}

/// <summary>The label that tells a figure's values apart.</summary>
public enum FigureLabel
{
    /// <summary>The stage.</summary>
    Stage,

    /// <summary>The temperature, or "all".</summary>
    Temperature,

    /// <summary>Where the sequences come from.</summary>
    Source,
}

/// <summary>A curve of the report.</summary>
/// <param name="Plot">The heading of the plot; figures that name the same share one.</param>
/// <param name="Sentence">How to read the plot.</param>
/// <param name="Legend">What the curve is called.</param>
public sealed record FigureCurve(string Plot, string Sentence, string Legend)
{
    /// <summary>The ends of the plot's axis. Default null: as the values need.</summary>
    public IReadOnlyList<double>? Range { get; init; }
}

/// <summary>A source of sequences.</summary>
/// <param name="Label">Its label value.</param>
/// <param name="Key">Its object in metrics.jsonl.</param>
public sealed record SourceLabel(string Label, string Key);
