using System.Text.Json;
using static Lhts.Telemetry.Report.MetricsLines;

namespace Lhts.Telemetry.Report;

/// <summary>The figures of one stage over its steps, thinned out to what a screen can show, and their sums.</summary>
/// <param name="stage">The stage's name.</param>
/// <param name="figures">Those that have a curve, beside what every stage has.</param>
internal sealed class StageCurves(string stage, IReadOnlyList<DrawnFigure> figures)
{
    /// <summary>Enough for a line as wide as a large screen; more only makes the page heavy.</summary>
    private const int MaxPoints = 800;

    /// <summary>What every stage has, beside the figures that it declares.</summary>
    private static readonly string[] Always = ["step", "loss", "gradientNorm", "tokensPerSecond"];

    private readonly string[] _keys = [.. Always.Concat(figures.Select(figure => figure.Key)).Distinct()];

    private readonly List<double[]> _rows = [];

    /// <summary>The stage's name.</summary>
    public string Stage { get; } = stage;

    /// <summary>The figures that have a curve.</summary>
    public IReadOnlyList<DrawnFigure> Figures { get; } = figures;

    /// <summary>The number of steps.</summary>
    public int NumSteps => _rows.Count;

    /// <summary>Sums over all steps: realTokens, paddingTokens, seconds.</summary>
    public SortedDictionary<string, double> Sums { get; } = new(StringComparer.Ordinal);

    /// <summary>Seconds spent in each phase, over all steps.</summary>
    public SortedDictionary<string, double> PhaseSeconds { get; } = new(StringComparer.Ordinal);

    /// <summary>The loss of the last step.</summary>
    public double LastLoss => _rows[^1][1];

    /// <summary>Steps whose loss was not finite.</summary>
    public int NumNonFiniteLosses => _rows.Count(row => !double.IsFinite(row[1]));

    /// <summary>Each figure over the steps, means of neighbours where there are many; NaN where nothing was measured.</summary>
    public IEnumerable<(string Key, IReadOnlyList<double> Values)> Curves
    {
        get
        {
            var perPoint = (_rows.Count + MaxPoints - 1) / MaxPoints;
            var groups = _rows.Chunk(Math.Max(1, perPoint)).ToArray();
            return _keys.Select((key, column) => (key, (IReadOnlyList<double>)[.. groups.Select(group => Combine(group, column))]));
        }
    }

    /// <summary>Reads the steps of a metrics file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="figuresOf">The figures of a stage that have a curve.</param>
    public static IReadOnlyList<StageCurves> Read(string path, Func<string, IReadOnlyList<DrawnFigure>> figuresOf)
    {
        var stages = new List<StageCurves>();
        foreach (var json in MetricsLines.Read(path).Where(json => json.TryGetProperty("seconds", out _)))
        {
            var name = json.GetProperty(StepFiguresJson.Stage).GetString()!;
            if (stages.Count == 0 || stages[^1].Stage != name) stages.Add(new StageCurves(name, figuresOf(name)));
            stages[^1].Add(json);
        }

        return stages;
    }

    private void Add(JsonElement json)
    {
        _rows.Add([.. _keys.Select(key => ValueOf(json, key))]);
        foreach (var key in (string[])["realTokens", "paddingTokens", "seconds"]) Sum(Sums, key, Number(json, key) ?? 0);
        if (!json.TryGetProperty("phaseSeconds", out var phases)) return;
        foreach (var phase in phases.EnumerateObject()) Sum(PhaseSeconds, phase.Name, phase.Value.GetDouble());
    }

    /// <summary>"group.name" is the number of that name in an object.</summary>
    private static double ValueOf(JsonElement json, string key)
    {
        var dot = key.LastIndexOf('.');
        var group = dot < 0 ? json : json.TryGetProperty(key[..dot], out var found) ? found : default;
        return Number(group, key[(dot + 1)..]) ?? double.NaN;
    }

    private static void Sum(SortedDictionary<string, double> sums, string key, double value) =>
        sums[key] = sums.GetValueOrDefault(key) + value;

    /// <summary>The last step of a group, and the mean of what is finite of the rest.</summary>
    private static double Combine(double[][] group, int column) => column == 0
        ? group[^1][0]
        : group.Select(row => row[column]).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
}
