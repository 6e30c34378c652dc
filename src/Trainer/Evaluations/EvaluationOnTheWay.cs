using System.Globalization;
using Lhts.Evaluation;
using Lhts.Models.Gpt;
using Lhts.Sampling;
using Lhts.Telemetry;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Evaluations;

/// <summary>
/// Shows where the student stands between likelihood and diversity while it trains: every so many steps a few samples at the evaluation's
/// temperatures, scored by the teacher, beside the teacher's own. Each evaluation makes the same draws (a function of seed and place), so
/// that a curve shows how the student changes and not luck; the training's random numbers and weights are left alone.
/// </summary>
internal sealed class EvaluationOnTheWay(StageContext context, Gpt2 teacher, Gpt2 student, MetricsFile? metrics, long every)
{
    // Enough for n-grams and horizons; the training waits for it.
    private const int MaxTokens = 128;

    private readonly SampleMeasurer measurer = new(teacher, student, context.Tokenizer, context.Recipe.Evaluation.EverySamples);
    private readonly int maxTokens = Math.Min(MaxTokens, context.Recipe.Evaluation.MaxTokens ?? MaxTokens);
    private TradeOffRow[]? teacherRows;

    /// <summary>Whether a step is followed by an evaluation.</summary>
    public bool IsDue(long step) => step % every == 0;

    /// <summary>Evaluates the student as it is after a step. Short and not to be stopped, so that no evaluation is half there.</summary>
    public void Run(long step)
    {
        var time = context.Reporting.Time;
        var start = time.GetTimestamp();
        context.Reporting.Health.ReportWork($"the evaluation after step {step}");
        var isFirst = teacherRows is null;
        teacherRows ??= Measure(SampleSource.Teacher, EvaluationSettings.OfTeacher(context, maxTokens)); // it does not change
        var rows = teacherRows.Concat(Measure(SampleSource.Student, EvaluationSettings.OfStudent(context, student, maxTokens))).ToArray();
        var curve = EvaluationSettings.CurveOf(teacherRows);
        var figures = Array.ConvertAll(rows, row => EvaluationSettings.FiguresOf(context, row, curve));
        foreach (var figure in figures)
        {
            context.Reporting.Meter.RecordSamples(figure);
            metrics?.Append(step, figure);
        }

        context.Reporting.Meter.RecordEvaluation(step, time.GetElapsedTime(start));
        var progress = context.Reporting.Progress;
        if (isFirst) progress.WriteLine(Describe("teacher:", figures.Where(figure => figure.Model == SampledModel.Teacher)));
        progress.WriteLine(Describe($"step {step}:", figures.Where(figure => figure.Model == SampledModel.Student)));
    }

    private TradeOffRow[] Measure(SampleSource source, IEnumerable<SamplingOptions> settings) =>
        [.. settings.Select(options => measurer.Measure(source, options, CancellationToken.None).Row)];

    /// <summary>Short: a terminal may have 80 columns.</summary>
    private static string Describe(string who, IEnumerable<SampleFigures> figures) => $"{who} log p/token " + string.Join(
        ", ", figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.LogLikelihood:0.00} (T {figure.Temperature:0.##})")));
}
