using Lhts.Telemetry.Progress;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Lhts.Telemetry.Tests.Progress;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class ProgressReporterTests
{
    private readonly ManualTime _time = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };

    [Test]
    public void Plain_WorkInTime_WritesALineAnInterval()
    {
        using (var work = ProgressReporters.Plain(_output, _time, TimeSpan.FromSeconds(10)).Begin("student", 10, "steps", done: 2))
        {
            for (var step = 3; step <= 10; step++)
            {
                _time.Advance(TimeSpan.FromSeconds(4));
                work.Report(step, new ProgressFigure("loss", 2.5 / step), new("tok/s", 12345, FigureStyle.Count));
            }
        }

        Assert.That(_output.ToString(), Is.EqualTo("""
            student 3/10 steps 30.0% left 28s loss=0.8333 tok/s=12.3k
            student 6/10 steps 60.0% left 16s loss=0.4167 tok/s=12.3k
            student 9/10 steps 90.0% left 4s loss=0.2778 tok/s=12.3k
            student 10/10 steps 100.0% took 32s loss=0.25 tok/s=12.3k

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void Plain_InATerminal_WritesOnlyWholeFiguresThatFit()
    {
        using (var work = ProgressReporters.Plain(_output, _time, TimeSpan.Zero, width: 40).Begin("student", 9, "steps"))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            work.Report(3, new ProgressFigure("loss", 1), new("log p/token", -2.5), new("kl", 1));
        }

        Assert.That(_output.ToString(), Is.EqualTo("student 3/9 steps 33.3% left 2s loss=1\nstudent 3/9 steps 33.3% took 1s loss=1\n"));
    }

    [Test]
    public void Live_InANarrowTerminal_WritesOnlyWholeFiguresThatFit()
    {
        using (var work = ProgressReporters.For(Terminal(width: 30), _time).Begin("student", 4, "steps"))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            work.Report(4, new ProgressFigure("loss", 2.5), new("tok/s", 12345, FigureStyle.Count), new("clipped", 0.5));
        }

        Assert.That(TerminalScreen.After(_output.ToString(), width: 30)[1], Is.EqualTo("  loss 2.5 · tok/s 12.3k"));
    }

    [Test]
    public void Plain_TotalUnknown_CountsOnly()
    {
        using (var work = ProgressReporters.Plain(_output, _time).Begin("prepare", null, "rows")) work.Report(5);
        Assert.That(_output.ToString(), Is.EqualTo("prepare 5 rows\nprepare 5 rows took 0s\n"));
    }

    [Test]
    public void Live_WorkInTime_WritesOverItsOwnLines()
    {
        var reporter = ProgressReporters.For(Terminal(width: 60), _time);
        using (var work = reporter.Begin("student", 4, "steps"))
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            work.Report(1, new ProgressFigure("loss", 2.5));
            reporter.WriteLine("a checkpoint");
            work.Report(2, new ProgressFigure("loss", 9));
            _time.Advance(TimeSpan.FromSeconds(30));
            work.Report(4, new ProgressFigure("loss", 1.5));
        }

        Assert.That(TerminalScreen.After(_output.ToString(), width: 60), Is.EqualTo(new[]
        {
            "a checkpoint",
            "student  ━━━━━━━━━━━━━━━━━━━━━━━━━━━  100%  4/4 steps  1:00",
            "  loss 1.5",
            "",
        }));
        Assert.That(_output.ToString(), Does.Not.Contain("?25l"), "the cursor is never hidden");
        Assert.That(_output.ToString(), Does.Not.Contain("loss 9"), "a report within the repaint interval is not shown");
    }

    [TestCase(1)]
    [TestCase(10)]
    [TestCase(20)]
    [TestCase(43)]
    [TestCase(80)]
    [TestCase(400)]
    public void Live_AnyWidth_KeepsToItsTwoLines(int width)
    {
        using (var work = ProgressReporters.For(Terminal(width), _time).Begin("student", 100, "steps"))
        {
            for (var step = 1; step <= 100; step++)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                work.Report(step, new ProgressFigure("loss", 2.5), new("kl", 0.25), new("tok/s", 12345, FigureStyle.Count),
                    new("ESS", 0.5, FigureStyle.Percent));
            }
        }

        Assert.That(TerminalScreen.After(_output.ToString(), width), Has.Length.EqualTo(3));
    }

    [Test]
    public void Live_StoppedInTheMiddle_LeavesTheLastStateAndAFreshLine()
    {
        var work = ProgressReporters.For(Terminal(width: 60), _time).Begin("student", 4, "steps");
        _time.Advance(TimeSpan.FromSeconds(30));
        work.Report(1);
        work.Dispose();
        work.Dispose();
        work.Report(2);

        Assert.That(TerminalScreen.After(_output.ToString(), width: 60), Is.EqualTo(new[]
        {
            "student  ━━━━━─────────────────   25%  1/4 steps  1:30 left",
            "",
            "",
        }));
    }

    [Test]
    public void Live_LogInBetween_StandsAboveTheBar()
    {
        var reporter = ProgressReporters.For(Terminal(width: 60), _time);
        using var log = new ProgressLoggerProvider(reporter, _output);
        using (var work = reporter.Begin("student", 4, "steps"))
        {
            log.CreateLogger("x").LogWarning("the disk is {Share}% full", 99);
            _time.Advance(TimeSpan.FromSeconds(1));
            work.Report(4);
        }

        Assert.That(TerminalScreen.After(_output.ToString(), width: 60), Is.EqualTo(new[]
        {
            "warning: the disk is 99% full",
            "student  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  100%  4/4 steps  1s",
            "",
            "",
        }));
    }

    [Test]
    public void Log_PlainProgress_IsALineOfItsOwn()
    {
        using var log = new ProgressLoggerProvider(ProgressReporters.Plain(_output, _time), _output);
        log.CreateLogger("x").LogInformation("listening");
        log.CreateLogger("x").LogError(new IOException("full"), "cannot write");

        Assert.That(_output.ToString(), Is.EqualTo("info: listening\nerror: cannot write\nSystem.IO.IOException: full\n"));
    }

    [Test]
    public void For_ConsoleThatIsNoTerminal_IsPlain()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new Output(_output, 80), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        using (ProgressReporters.For(console, _time).Begin("x", 1, "steps"))
        {
        }

        Assert.That(_output.ToString(), Is.EqualTo("x 0/1 steps 0.0% took 0s\n"));
    }

    [TestCase("NO_COLOR", "1", true)]
    [TestCase("NO_COLOR", "", false)]
    [TestCase("TERM", "dumb", true)]
    [TestCase("TERM", "xterm", false)]
    public void IsUnwanted_Environment_IsHeeded(string name, string value, bool expected) =>
        Assert.That(ProgressReporters.IsUnwanted(asked => asked == name ? value : null), Is.EqualTo(expected));

    private IAnsiConsole Terminal(int width) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new Output(_output, width),
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
        ColorSystem = ColorSystemSupport.Standard,
    });

    private sealed class Output(TextWriter writer, int width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => width;

        public int Height => 25;

        public void SetEncoding(System.Text.Encoding encoding)
        {
        }
    }
}
