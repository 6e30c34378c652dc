using System.Reflection;
using Lhts.Objectives;
using Lhts.Trainer.Training;

namespace Lhts.Telemetry.Tests;

/// <summary>The figures that objectives declare, with values to show them with.</summary>
internal static class DeclaredFigures
{
    private static readonly Figure[] Known = [.. LossFigures.All, .. WeightFigures.All];

    /// <summary>Every figure that is a public static of the objectives' assembly.</summary>
    public static IReadOnlyList<Figure> All { get; } =
    [
        .. Known.Concat(typeof(Figure).Assembly.GetExportedTypes().SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Static))
            .Where(property => property.PropertyType == typeof(Figure)).Select(property => (Figure)property.GetValue(null)!)).Distinct(),
    ];

    public static IReadOnlyList<FigureDeclaration> Declarations { get; } = FigureDeclarations.Of(All);

    /// <summary>Figures of whole steps.</summary>
    public static RecordedFigures Of(params ReadOnlySpan<(Figure Figure, double Value)> values)
    {
        var recorded = new RecordedFigures(Declarations, [0.5, 0.9], [new("corpus", "corpus"), new("teacher", "teacherSamples")]);
        foreach (var (figure, value) in values) recorded[PlaceOf(figure)] = value;
        return recorded;
    }

    /// <summary>The same with something for every figure, temperature and source.</summary>
    public static RecordedFigures Everything(params ReadOnlySpan<(Figure Figure, double Value)> values)
    {
        var recorded = Of(values);
        foreach (var figure in All.Except(Known)) recorded[PlaceOf(figure)] = 0.5;
        return recorded;
    }

    /// <summary>Sets a figure of each temperature or source.</summary>
    public static RecordedFigures With(this RecordedFigures recorded, Figure figure, double first, double second)
    {
        (recorded[PlaceOf(figure), 0], recorded[PlaceOf(figure), 1]) = (first, second);
        return recorded;
    }

    private static int PlaceOf(Figure figure) => All.Index().First(declared => ReferenceEquals(declared.Item, figure)).Index;
}
