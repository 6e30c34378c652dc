using System.Globalization;

namespace Lhts.Telemetry.Progress;

/// <summary>
/// Progress as plain lines, for pipes and logs: one at the first report, then one whenever the interval has passed, and one at the end
/// with the figures of the last report, such as
/// <c>student 420/1000 steps 42.0% left 1:23 loss=2.345 tok/s=12.3k</c>.
/// </summary>
/// <param name="output">Where the lines go.</param>
/// <param name="time">The clock.</param>
/// <param name="interval">The least time between two lines of one piece of work.</param>
internal sealed class PlainProgressReporter(TextWriter output, TimeProvider time, TimeSpan interval) : IProgressReporter
{
    private const string Separator = " ";

    public int? Width { get; init; }

    public IProgress Begin(string title, long? total, string unit, long done = 0) =>
        new Work(this, new ProgressState(time, title, total, unit, done));

    public void WriteLine(string text) => output.WriteLine(text);

    public void Interrupt(Action write) => write();

    private sealed class Work(PlainProgressReporter owner, ProgressState state) : IProgress
    {
        private readonly LatestFigures _figures = new();
        private TimeSpan? _lastLine;
        private bool _isDisposed;

        public TimeSpan? Remaining => state.Remaining;

        public void Report(long done, params ReadOnlySpan<ProgressFigure> figures)
        {
            state.Done = done;
            _figures.Set(figures);
            var isLast = done >= state.Total;
            if (!isLast && _lastLine is { } last && state.Elapsed - last < owner.Interval) return;

            _lastLine = state.Elapsed;
            if (!isLast) owner.WriteLine(Line(state.Remaining is { } left ? " left " + FigureText.Duration(left) : ""));
        }

        public void Dispose()
        {
            if (_isDisposed) return;
            _isDisposed = true;
            owner.WriteLine(Line(" took " + FigureText.Duration(state.Elapsed)));
        }

        private string Line(string time)
        {
            var counts = state.Fraction is { } fraction
                ? string.Create(CultureInfo.InvariantCulture, $"{state.Done}/{state.Total} {state.Unit} {fraction * 100:0.0}%")
                : string.Create(CultureInfo.InvariantCulture, $"{state.Done} {state.Unit}");
            var line = $"{state.Title} {counts}{time}";
            var figures = FigureText.Row(_figures.Texts("="), Separator, (owner.Width ?? int.MaxValue) - line.Length - 1);
            return figures.Length > 0 ? $"{line} {figures}" : line;
        }
    }

    private TimeSpan Interval => interval;
}
