using System.Text;
using Lhts.Basics;
using Lhts.Evaluation;
using Lhts.Models.Gpt;
using Lhts.Telemetry;
using Lhts.Trainer.Evaluations;
using Lhts.Trainer.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Stages;

/// <summary>Samples teacher and student, scores all with the teacher, and writes table.txt, table.json and samples.txt.</summary>
public static class EvaluationStage
{
    /// <summary>Evaluates unless the result is there; prints the table and the samples.</summary>
    public static void Run(
        StageContext context, (string Folder, string Fingerprint) teacher, (string Folder, string Fingerprint) student, CancellationToken stop)
    {
        var recipe = context.Recipe;
        var folder = context.Folder.Stage("evaluation");
        var (fingerprint, putAside) = folder.EnterAnew(RecipeReader.Write(
            StageSettings.Of(context) with { Teacher = teacher.Fingerprint, Student = student.Fingerprint, Evaluation = Deciding(recipe.Evaluation) }));
        if (putAside is not null)
        {
            context.Reporting.Progress.WriteLine($"evaluation: made again, as the student or the settings have changed; the earlier result is in {putAside}");
        }

        if (!folder.IsDone)
        {
            context.Reporting.Health.ReportWork("the evaluation");
            var device = new Device(recipe.Device);
            using var p = Gpt2Checkpoint.Load(teacher.Folder).to(device);
            using var q = Gpt2Checkpoint.Load(student.Folder).to(device);
            PredictedTokens.Limit(p, recipe, context.Tokenizer);
            PredictedTokens.Limit(q, recipe, context.Tokenizer);
            Measure(context, p, q, folder, stop);
            TaskStep.Run(context, p, q, folder, stop);
            folder.Finish(fingerprint);
        }

        var table = TradeOffTable.FromJson(File.ReadAllText(Path.Combine(folder.Path, "table.json")));
        context.Reporting.Progress.WriteLine(File.ReadAllText(Path.Combine(folder.Path, "samples.txt")));
        context.Reporting.Progress.WriteLine(table.ToText(context.Reporting.Progress.Width));
        TaskStep.Show(context, folder);
    }

    /// <summary>What decides the result; evaluations on the way do not.</summary>
    private static EvaluationRecipe Deciding(EvaluationRecipe evaluation)
    {
        var defaults = new EvaluationRecipe();
        return evaluation with { Every = defaults.Every, EverySamples = defaults.EverySamples };
    }

    private static void Measure(StageContext context, Gpt2 teacher, Gpt2 student, StageFolder folder, CancellationToken stop)
    {
        var (start, evaluation) = (context.Reporting.Time.GetTimestamp(), context.Recipe.Evaluation);
        foreach (var options in EvaluationSettings.OfStudent(context, student, evaluation.MaxTokens))
        {
            if (Extrapolation.NoteFor(student.Config, options.LongHorizonTemperature) is { } note) context.Reporting.Progress.WriteLine(note);
        }

        var prompts = EvaluationPrompts.Of(context);
        var measurer = new TableMeasurer(context, teacher, student, prompts, evaluation.Samples, evaluation.MaxTokens)
        {
            Reference = evaluation.Reference is { } reference ? new SmcReference(context, teacher, prompts, reference) : null,
        };
        var (table, samples) = Measure(context, measurer, stop);
        var curve = EvaluationSettings.CurveOf(table.Rows);
        foreach (var row in table.Rows) context.Reporting.Meter.RecordSamples(EvaluationSettings.FiguresOf(context, row, curve));
        context.Reporting.Meter.RecordEvaluation(context.Recipe.Student.Training.Steps, context.Reporting.Time.GetElapsedTime(start));
        foreach (var note in DriftsOf(samples)) context.Reporting.Progress.WriteLine(note);
        Write(folder, "table.json", table.ToJson());
        Write(folder, "table.txt", table.ToText());
        Write(folder, "samples.txt", Describe(samples, evaluation.Shown));
    }

    private static (TradeOffTable Table, IReadOnlyList<MeasuredSamples> Samples) Measure(StageContext context, TableMeasurer measurer, CancellationToken stop)
    {
        var numSamples = context.Recipe.Evaluation.Samples;
        var numDrawn = 0;
        using var progress = context.Reporting.Progress.Begin("evaluation", (long)measurer.NumRows * numSamples, "samples");
        return measurer.Measure(
            measured =>
            {
                context.Reporting.Health.ReportWork("the evaluation");
                progress.Report(numDrawn += numSamples, new ProgressFigure("log p/token", measured.Row.Likelihood.PerToken));
            },
            stop);
    }

    /// <summary>Of every temperature whose texts have other lengths than the teacher's own, where these were drawn.</summary>
    private static IEnumerable<string> DriftsOf(IReadOnlyList<MeasuredSamples> samples)
    {
        if (samples.FirstOrDefault(row => row.Row is { Source: SampleSource.Teacher, MyopicTemperature: 1 }) is not { } teacher) return [];
        return samples.Where(row => row.Row is { Source: SampleSource.Student, LongHorizonTemperature: not null })
            .Select(row => LengthDrift.NoteFor(row.Row.LongHorizonTemperature!.Value, LengthsOf(teacher), LengthsOf(row))).OfType<string>();
    }

    private static int[] LengthsOf(MeasuredSamples samples) => [.. samples.Tokens.Select(tokens => tokens.Length)];

    private static string Describe(IReadOnlyList<MeasuredSamples> measured, int numShown)
    {
        var text = new StringBuilder();
        foreach (var (row, sample) in measured.SelectMany(samples => samples.Texts.Take(numShown).Select(sample => (samples.Row, sample))))
        {
            var temperature = row.LongHorizonTemperature is { } horizon ? $"long-horizon T {horizon}" : $"myopic T {row.MyopicTemperature}";
            text.Append(row.Source.ToString().ToLowerInvariant()).Append(", ").Append(temperature).Append(":\n  ")
                .Append(sample.ReplaceLineEndings("\n  ")).Append("\n\n");
        }

        return text.ToString();
    }

    private static void Write(StageFolder folder, string name, string text)
    {
        folder.Owner.Check();
        AtomicFile.WriteAllText(Path.Combine(folder.Path, name), text);
    }
}
