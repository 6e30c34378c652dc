using System.Diagnostics.Metrics;

namespace Lhts.Telemetry;

/// <summary>Instruments of declared figures, made when a figure is first recorded.</summary>
internal sealed class FigureInstruments(Meter meter, TemperatureLabels temperatures)
{
    private static readonly KeyValuePair<string, object?> AllTemperatures = new(Labels.Temperature, TemperatureLabels.All);

    private readonly Dictionary<string, Gauge<double>> gauges = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Counter<double>> counters = new(StringComparer.Ordinal);
    private readonly Lock access = new();

    /// <summary>Records the values of a step.</summary>
    public void Record(RecordedFigures figures, KeyValuePair<string, object?> stage)
    {
        lock (access)
        {
            for (var i = 0; i < figures.Declarations.Count; i++)
            {
                var figure = figures.Declarations[i];
                if (figures[i] is { } whole) Record(figure, whole, figure.By == FigureLabel.Temperature ? AllTemperatures : stage);
                for (var place = 0; place < figures.NumPlaces(i); place++)
                {
                    if (figures[i, place] is { } value) Record(figure, value, TagOf(figures, figure, place));
                }
            }
        }
    }

    private KeyValuePair<string, object?> TagOf(RecordedFigures figures, FigureDeclaration figure, int place) => figure.By == FigureLabel.Source
        ? new(Labels.Source, figures.Sources[place].Label)
        : new(Labels.Temperature, temperatures.Of(figures.Temperatures[place]));

    private void Record(FigureDeclaration figure, double value, KeyValuePair<string, object?> tag)
    {
        if (figure.IsCounter) Add(CounterOf(figure), value, tag, figure.Label);
        else if (figure.Label is { } label) GaugeOf(figure).Record(value, tag, label);
        else GaugeOf(figure).Record(value, tag);
    }

    private static void Add(Counter<double> counter, double value, KeyValuePair<string, object?> tag, KeyValuePair<string, object?>? label)
    {
        if (label is { } constant) counter.Add(value, tag, constant);
        else counter.Add(value, tag);
    }

    private Gauge<double> GaugeOf(FigureDeclaration figure)
    {
        if (gauges.TryGetValue(figure.Name, out var gauge)) return gauge;
        return gauges[figure.Name] = meter.CreateGauge<double>(figure.Name, figure.Unit, figure.Help);
    }

    private Counter<double> CounterOf(FigureDeclaration figure)
    {
        if (counters.TryGetValue(figure.Name, out var counter)) return counter;
        return counters[figure.Name] = meter.CreateCounter<double>(figure.Name, figure.Unit, figure.Help);
    }
}
