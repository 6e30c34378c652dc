namespace Lhts.Telemetry.Progress;

/// <summary>The figures of the last report, whenever a line shows them; rates over the last seconds of their own time.</summary>
internal sealed class LatestFigures
{
    private readonly Dictionary<string, RateWindow> _rates = [];
    private ProgressFigure[] _figures = [];

    /// <summary>Takes a report's figures.</summary>
    public void Set(ReadOnlySpan<ProgressFigure> figures)
    {
        if (_figures.Length != figures.Length) _figures = new ProgressFigure[figures.Length];
        for (var i = 0; i < figures.Length; i++)
        {
            _figures[i] = figures[i].Seconds is { } seconds ? figures[i] with { Value = RateOf(figures[i], seconds) } : figures[i];
        }
    }

    /// <summary>Each figure with its name, such as "loss 2.345" or "loss=2.345".</summary>
    public string[] Texts(string equals) => FigureText.Each(_figures, equals);

    private double RateOf(in ProgressFigure figure, double seconds)
    {
        if (!_rates.TryGetValue(figure.Name, out var rate)) _rates[figure.Name] = rate = new RateWindow();
        return rate.Add(figure.Value, seconds);
    }
}

/// <summary>Sums amounts and the seconds they took over the last ones that took <see cref="Seconds"/> together.</summary>
internal sealed class RateWindow
{
    /// <summary>As long as there is between two plain lines; a single step may be anything.</summary>
    private const double Seconds = ProgressReporters.DefaultPlainSeconds;

    // Short ones share an entry: a thousand steps a second are no more than fifty entries.
    private const double SecondsOfEntry = 0.2;

    private readonly Queue<(double Amount, double Seconds)> _entries = [];
    private (double Amount, double Seconds) _newest, _sum;

    /// <summary>Adds an amount; gives the amount for each second of the window.</summary>
    public double Add(double amount, double seconds)
    {
        (_newest.Amount, _newest.Seconds) = (_newest.Amount + amount, _newest.Seconds + seconds);
        (_sum.Amount, _sum.Seconds) = (_sum.Amount + amount, _sum.Seconds + seconds);
        if (_newest.Seconds >= SecondsOfEntry)
        {
            _entries.Enqueue(_newest);
            _newest = default;
        }

        while (_entries.TryPeek(out var oldest) && _sum.Seconds - oldest.Seconds >= Seconds)
        {
            _entries.Dequeue();
            (_sum.Amount, _sum.Seconds) = (_sum.Amount - oldest.Amount, _sum.Seconds - oldest.Seconds);
        }

        return _sum.Seconds > 0 ? _sum.Amount / _sum.Seconds : 0;
    }
}
