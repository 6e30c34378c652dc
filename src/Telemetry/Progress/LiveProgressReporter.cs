using Spectre.Console;

namespace Lhts.Telemetry.Progress;

/// <summary>
/// Progress in a terminal: a line with the bar and a line with the figures, written over in place. The cursor stays visible below the bar
/// and
/// no other thread paints, so the work may end at any moment without leaving anything to undo.
/// </summary>
/// <param name="console">The terminal.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveProgressReporter(IAnsiConsole console, TimeProvider time) : IProgressReporter
{
    /// <summary>Ten times a second looks alive and costs nothing that could be measured beside a step.</summary>
    private static readonly TimeSpan RepaintInterval = TimeSpan.FromMilliseconds(100);

    private const string Separator = " · ";
    private const string ClearRest = "\u001b[K";
    private const string ToFirstLine = "\r\u001b[1A";

    private readonly Lock _gate = new();
    private Work? _shown;

    public int? Width => console.Profile.Width;

    public IProgress Begin(string title, long? total, string unit, long done = 0)
    {
        lock (_gate)
        {
            _shown?.Dispose();
            _shown = new Work(this, new ProgressState(time, title, total, unit, done));
            _shown.Paint();
            return _shown;
        }
    }

    public void WriteLine(string text) => Interrupt(() => console.WriteLine(text));

    public void Interrupt(Action write)
    {
        lock (_gate)
        {
            _shown?.Erase();
            write();
            _shown?.Paint();
        }
    }

    private sealed class Work(LiveProgressReporter owner, ProgressState state) : IProgress
    {
        private readonly LatestFigures _figures = new();
        private TimeSpan _painted;
        private bool _isOnScreen;
        private bool _isDisposed;

        public TimeSpan? Remaining => state.Remaining;

        public void Report(long done, params ReadOnlySpan<ProgressFigure> figures)
        {
            lock (owner._gate)
            {
                if (_isDisposed) return;
                state.Done = done;
                _figures.Set(figures);
                if (_isOnScreen && done < state.Total && state.Elapsed - _painted < RepaintInterval) return;

                Paint();
            }
        }

        public void Dispose()
        {
            lock (owner._gate)
            {
                if (_isDisposed) return;
                Paint();
                _isDisposed = true;
                owner._shown = null;
                owner.Console.WriteLine();
            }
        }

        public void Paint()
        {
            var width = Math.Max(1, owner.Console.Profile.Width - 1);
            Control(_isOnScreen ? ToFirstLine : "\r");
            owner.Console.Write(ProgressLine.Render(state, width, owner.Console.Profile.Capabilities.Unicode));
            Control(ClearRest + "\n");
            owner.Console.Write(new Markup(Markup.Escape("  " + FigureText.Row(_figures.Texts(" "), Separator, width - 2)), Color.Grey));
            Control(ClearRest);
            _isOnScreen = true;
            _painted = state.Elapsed;
        }

        public void Erase()
        {
            if (_isOnScreen) Control("\r" + ClearRest + ToFirstLine + ClearRest);
            _isOnScreen = false;
        }

        private void Control(string sequence) => owner.Console.Write(new ControlCode(sequence));
    }

    private IAnsiConsole Console => console;
}
