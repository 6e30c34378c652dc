using Lhts.Objectives;
using Lhts.Telemetry;

namespace Lhts.Trainer.Training;

/// <summary>What objectives declare, as the exporters know it.</summary>
internal static class FigureDeclarations
{
    /// <summary>The declaration of a figure.</summary>
    public static FigureDeclaration Of(Figure figure) => new(figure.Name, figure.Unit, figure.Help, figure.Key)
    {
        By = figure.By switch
        {
            FigureBy.Temperature => FigureLabel.Temperature,
            FigureBy.Source => FigureLabel.Source,
            _ => FigureLabel.Stage,
        },
        Label = figure.Label is { } label ? new(label.Name, label.Value) : null,
        IsCounter = figure.IsCounter,
        Curve = figure.Plot is { } plot
            ? new(plot.Title, plot.Sentence, figure.Legend ?? figure.Key) { Range = plot.Range is { } range ? [range.Min, range.Max] : null }
            : null,
    };

    /// <summary>The same of several, in their order.</summary>
    public static IReadOnlyList<FigureDeclaration> Of(IEnumerable<Figure> figures) => [.. figures.Select(Of)];

    /// <summary>Takes over the values of a step.</summary>
    /// <param name="recorded">Where they go; its declarations are those of the figures.</param>
    /// <param name="figures">The figures, in the same order.</param>
    /// <param name="table">The values.</param>
    public static void Set(this RecordedFigures recorded, IReadOnlyList<Figure> figures, FigureTable table)
    {
        for (var i = 0; i < figures.Count; i++)
        {
            recorded[i] = figures[i].By == FigureBy.Source ? null : table[figures[i]];
            for (var place = 0; place < recorded.NumPlaces(i); place++) recorded[i, place] = table.Of(figures[i], place);
        }
    }
}
