namespace Lhts.Telemetry;

/// <summary>The declared figures of a stage with room for their values, which are set anew for each step: nothing is allocated while training.</summary>
public sealed class RecordedFigures
{
    private readonly double?[][] values; // of each figure, for each place
    private readonly double?[] all; // of figures by temperature: all of them together

    /// <param name="declarations">The figures.</param>
    /// <param name="temperatures">Those that figures are told apart by.</param>
    /// <param name="sources">The sources, likewise; empty where there is no choice.</param>
    public RecordedFigures(IReadOnlyList<FigureDeclaration> declarations, IReadOnlyList<double> temperatures, IReadOnlyList<SourceLabel> sources)
    {
        (Declarations, Temperatures, Sources) = (declarations, temperatures, sources);
        values = [.. declarations.Select(figure => new double?[NumPlaces(figure)])];
        all = new double?[declarations.Count];
        Groups = [.. declarations.Index().Where(figure => figure.Item.By != FigureLabel.Source)
            .GroupBy(figure => GroupOf(figure.Item), figure => figure.Index).Select(group => (group.Key, (IReadOnlyList<int>)[.. group]))];
        OfSource = [.. declarations.Index().Where(figure => figure.Item.By == FigureLabel.Source).Select(figure => figure.Index)];
        Keys = [.. declarations.Select(figure => figure.Key[(figure.Key.LastIndexOf('.') + 1)..])];
    }

    /// <summary>No figures.</summary>
    public static RecordedFigures None { get; } = new([], [], []);

    /// <summary>The figures.</summary>
    public IReadOnlyList<FigureDeclaration> Declarations { get; }

    /// <summary>Those that figures are told apart by.</summary>
    public IReadOnlyList<double> Temperatures { get; }

    /// <summary>The sources, likewise.</summary>
    public IReadOnlyList<SourceLabel> Sources { get; }

    /// <summary>Figures by their object in metrics.jsonl, "" for the line itself; those by source are in <see cref="OfSource"/>.</summary>
    internal IReadOnlyList<(string Name, IReadOnlyList<int> Figures)> Groups { get; }

    /// <summary>Figures by source.</summary>
    internal IReadOnlyList<int> OfSource { get; }

    /// <summary>The names of the figures within their objects.</summary>
    internal IReadOnlyList<string> Keys { get; }

    /// <summary>A figure of the whole step; null when it was not measured. What is told apart by source has none.</summary>
    public double? this[int figure]
    {
        get => all[figure];
        set => all[figure] = value;
    }

    /// <summary>A figure of one temperature or source; null when it was not measured.</summary>
    /// <param name="figure">Its place among the declarations.</param>
    /// <param name="place">The place of the temperature or source.</param>
    public double? this[int figure, int place]
    {
        get => values[figure][place];
        set => values[figure][place] = value;
    }

    /// <summary>How many temperatures or sources a figure has values for.</summary>
    public int NumPlaces(int figure) => values[figure].Length;

    private int NumPlaces(FigureDeclaration figure) => figure.By switch
    {
        FigureLabel.Temperature => Temperatures.Count,
        FigureLabel.Source => Sources.Count,
        _ => 0,
    };

    private static string GroupOf(FigureDeclaration figure) => figure.Key[..Math.Max(0, figure.Key.LastIndexOf('.'))];
}
