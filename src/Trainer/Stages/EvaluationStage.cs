using System.Text;
using Lhts.Data.Tokenizers;
using Lhts.Evaluation;
using Lhts.Models;
using Lhts.Models.Gpt;
using Lhts.Sampling;
using Lhts.Telemetry;
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
            StageSettings.Of(context) with { Teacher = teacher.Fingerprint, Student = student.Fingerprint, Evaluation = recipe.Evaluation }));
        if (!folder.IsDone)
        {
            context.Reporting.Health.ReportWork("the evaluation");
            var device = new Device(recipe.Device);
            using var p = Gpt2Checkpoint.Load(teacher.Folder).to(device);
            using var q = Gpt2Checkpoint.Load(student.Folder).to(device);
            Measure(context, p, q, folder, stop);
            folder.Finish(fingerprint);
        }

        foreach (var name in new[] { "samples.txt", "table.txt" }) context.Reporting.Progress.WriteLine(File.ReadAllText(Path.Combine(folder.Path, name)));
    }

    private static void Measure(StageContext context, Gpt2 teacher, Gpt2 student, StageFolder folder, CancellationToken stop)
    {
        var settings = SettingsOf(context, student).ToArray();
        var (rows, texts) = (new List<TradeOffRow>(), new StringBuilder());
        var scorer = new SequenceScorer(teacher);
        var numSamples = context.Recipe.Evaluation.Samples;
        using var progress = context.Reporting.Progress.Begin("evaluation", (long)settings.Length * numSamples, "samples");
        foreach (var (source, options) in settings)
        {
            var model = source == SampleSource.Teacher ? teacher : student;
            int[] prompt = [context.Tokenizer.EndOfText];
            var samples = new Sampler(model, options).Sample([.. Enumerable.Repeat(prompt, numSamples)], cancellation: stop);
            var scores = scorer.Score([.. samples.Select(sample => sample.Tokens)], cancellation: stop);
            var decoded = samples.Select(sample => context.Tokenizer.Decode(sample.Generated)).ToArray();
            // Diversity is that of words, so that tokenizers compare and a character's few values do not hide it.
            var row = TradeOffRow.Measure(source, options, samples, scores) with { Diversity = Diversity.Of(Words.Number(decoded)) };
            rows.Add(row);
            Record(context.Reporting, row);
            Describe(texts, source, options, decoded.Take(context.Recipe.Evaluation.Shown));
            progress.Report((long)rows.Count * numSamples, new ProgressFigure("log p/token", row.Likelihood.PerToken));
        }

        var table = new TradeOffTable(rows);
        Write(folder, "table.json", table.ToJson());
        Write(folder, "table.txt", table.ToText());
        Write(folder, "samples.txt", texts.ToString());
    }

    private static void Record(Reporting reporting, TradeOffRow row)
    {
        reporting.Health.ReportWork("the evaluation");
        reporting.Meter.RecordSamples(new SampleFigures
        {
            Model = row.Source == SampleSource.Teacher ? SampledModel.Teacher : SampledModel.Student,
            Temperature = row.LongHorizonTemperature ?? row.MyopicTemperature,
            LogLikelihood = row.Likelihood.PerToken,
            Distinct = row.Diversity.Distinct,
            Repetition = row.Diversity.SeqRep,
            Entropy = row.Diversity.Entropy,
            SelfBleu = row.Diversity.SelfBleu,
        });
    }

    private static IEnumerable<(SampleSource Source, SamplingOptions Options)> SettingsOf(StageContext context, Gpt2 student)
    {
        var (recipe, evaluation) = (context.Recipe, context.Recipe.Evaluation);
        var shared = new SamplingOptions { EndOfText = context.Tokenizer.EndOfText, MaxNewTokens = evaluation.MaxTokens, Seed = (ulong)recipe.Seed };
        foreach (var temperature in evaluation.TeacherTemperatures) yield return (SampleSource.Teacher, shared with { Temperature = temperature });
        if (student.Config.TemperatureConditioning == TemperatureConditioning.None)
        {
            yield return (SampleSource.Student, shared);
            yield break;
        }

        foreach (var temperature in evaluation.StudentTemperatures) yield return (SampleSource.Student, shared with { LongHorizonTemperature = temperature });
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
