using System.Globalization;
using Lhts.Evaluation;
using Lhts.Models.Gpt;
using Lhts.Telemetry;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Evaluations;

/// <summary>
/// Shows where the student stands while it trains: every so many steps a few samples at the evaluation's temperatures, scored by the teacher, beside
/// the teacher's own, and how much nearer to p_T they are than the best myopic temperature. Each evaluation makes the same draws (a function of seed and
/// place), so that a curve shows how the student changes and not luck; the training's random numbers and weights are left alone.
/// </summary>
internal sealed class EvaluationOnTheWay(StageContext context, string stage, Gpt2 teacher, Gpt2 student, MetricsFile? metrics, long every)
{
    // Enough for n-grams and horizons; the training waits for it.
    private const int MaxTokens = 128;

    private readonly TableMeasurer measurer = new(
        context, teacher, student, EvaluationPrompts.Of(context), context.Recipe.Evaluation.EverySamples,
        Math.Min(MaxTokens, context.Recipe.Evaluation.MaxTokens ?? MaxTokens));
    private bool isTeacherShown;

    /// <summary>Whether a step is followed by an evaluation.</summary>
    public bool IsDue(long step) => step % every == 0;

    /// <summary>Evaluates the student as it is after a step. Short and not to be stopped, so that no evaluation is half there.</summary>
    public void Run(long step)
    {
        var time = context.Reporting.Time;
        var start = time.GetTimestamp();
        context.Reporting.Health.ReportWork($"the evaluation after step {step}");
        var rows = measurer.Measure(measured: null, CancellationToken.None).Table.Rows;
        var curve = EvaluationSettings.CurveOf(rows);
        SampleFigures[] figures = [.. rows.Select(row => EvaluationSettings.FiguresOf(context, row, curve))];
        foreach (var figure in figures)
        {
            context.Reporting.Meter.RecordSamples(figure);
            metrics?.Append(stage, step, figure);
        }

        context.Reporting.Meter.RecordEvaluation(step, time.GetElapsedTime(start));
        Show(step, figures);
    }

    /// <summary>Short lines: a terminal may have 80 columns.</summary>
    private void Show(long step, SampleFigures[] figures)
    {
        var progress = context.Reporting.Progress;
        var (teachers, students) =
            (figures.Where(figure => figure.Model == SampledModel.Teacher), figures.Where(figure => figure.Model == SampledModel.Student));
        if (!isTeacherShown) progress.WriteLine(Describe("teacher: log p/token ", teachers, LogLikelihood));
        isTeacherShown = true;
        progress.WriteLine(Describe($"step {step}: log p/token ", students, LogLikelihood));
        progress.WriteLine(Describe($"step {step}: entropy/token ", students, figure => Text(figure.EntropyPerToken, "0.00")));
        progress.WriteLine(Describe($"step {step}: gain ", students, figure => $"{Text(figure.Gain, "+0.0;-0.0")} ± {Text(figure.GainError, "0.0")}"));
    }

    private static string LogLikelihood(SampleFigures figure) => Text(figure.LogLikelihood, "0.00");

    private static string Describe(string what, IEnumerable<SampleFigures> figures, Func<SampleFigures, string> text) =>
        what + string.Join(", ", figures.Select(figure => $"{text(figure)} (T {Text(figure.Temperature, "0.##")})"));

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
