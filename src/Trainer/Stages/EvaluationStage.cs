using System.Text;
using Lhts.Evaluation;
using Lhts.Models;
using Lhts.Models.Gpt;
using Lhts.Sampling;
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
    public static void Run(StageContext context, (string Folder, string Fingerprint) teacher, (string Folder, string Fingerprint) student, CancellationToken stop)
    {
        var recipe = context.Recipe;
        var folder = context.Folder.Stage("evaluation");
        var fingerprint = folder.Enter(RecipeReader.Write(
            StageSettings.Of(context) with { Teacher = teacher.Fingerprint, Student = student.Fingerprint, Evaluation = Deciding(recipe.Evaluation) }));
        if (!folder.IsDone)
        {
            context.Reporting.Health.ReportWork("the evaluation");
            var device = new Device(recipe.Device);
            using var p = Gpt2Checkpoint.Load(teacher.Folder).to(device);
            using var q = Gpt2Checkpoint.Load(student.Folder).to(device);
            Measure(context, p, q, folder, stop);
            folder.Finish(fingerprint);
        }

        var table = TradeOffTable.FromJson(File.ReadAllText(Path.Combine(folder.Path, "table.json")));
        context.Reporting.Progress.WriteLine(File.ReadAllText(Path.Combine(folder.Path, "samples.txt")));
        context.Reporting.Progress.WriteLine(table.ToText(context.Reporting.Progress.Width));
    }

    /// <summary>What decides the result; evaluations on the way do not.</summary>
    private static EvaluationRecipe Deciding(EvaluationRecipe evaluation)
    {
        var defaults = new EvaluationRecipe();
        return evaluation with { Every = defaults.Every, EverySamples = defaults.EverySamples };
    }

    private static void Measure(StageContext context, Gpt2 teacher, Gpt2 student, StageFolder folder, CancellationToken stop)
    {
        var (start, numSamples) = (context.Reporting.Time.GetTimestamp(), context.Recipe.Evaluation.Samples);
        var settings = SettingsOf(context, student).ToArray();
        var (rows, texts) = (new List<TradeOffRow>(), new StringBuilder());
        var measurer = new SampleMeasurer(teacher, student, context.Tokenizer, numSamples);
        using var progress = context.Reporting.Progress.Begin("evaluation", (long)settings.Length * numSamples, "samples");
        foreach (var (source, options) in settings)
        {
            if (Extrapolation.NoteFor(student.Config, options.LongHorizonTemperature) is { } note) context.Reporting.Progress.WriteLine(note);
            var (row, samples) = measurer.Measure(source, options, stop);
            rows.Add(row);
            context.Reporting.Health.ReportWork("the evaluation");
            context.Reporting.Meter.RecordSamples(EvaluationSettings.FiguresOf(context, row, EvaluationSettings.CurveOf(rows)));
            Describe(texts, source, options, samples.Take(context.Recipe.Evaluation.Shown));
            progress.Report((long)rows.Count * numSamples, new ProgressFigure("log p/token", row.Likelihood.PerToken));
        }

        context.Reporting.Meter.RecordEvaluation(context.Recipe.Student.Training.Steps, context.Reporting.Time.GetElapsedTime(start));
        var table = new TradeOffTable(rows);
        Write(folder, "table.json", table.ToJson());
        Write(folder, "table.txt", table.ToText());
        Write(folder, "samples.txt", texts.ToString());
    }

    /// <summary>The teacher first: the student is measured against it.</summary>
    private static IEnumerable<(SampleSource Source, SamplingOptions Options)> SettingsOf(StageContext context, Gpt2 student)
    {
        var maxTokens = context.Recipe.Evaluation.MaxTokens;
        foreach (var options in EvaluationSettings.OfTeacher(context, maxTokens)) yield return (SampleSource.Teacher, options);
        foreach (var options in EvaluationSettings.OfStudent(context, student, maxTokens)) yield return (SampleSource.Student, options);
    }

    private static void Describe(StringBuilder text, SampleSource source, SamplingOptions options, IEnumerable<string> samples)
    {
        foreach (var sample in samples)
        {
            var temperature = options.LongHorizonTemperature is { } horizon ? $"long-horizon T {horizon}" : $"myopic T {options.Temperature}";
            text.Append(source.ToString().ToLowerInvariant()).Append(", ").Append(temperature).Append(":\n  ")
                .Append(sample.ReplaceLineEndings("\n  ")).Append("\n\n");
        }
    }

    private static void Write(StageFolder folder, string name, string text) =>
        AtomicFile.Write(Path.Combine(folder.Path, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
