using System.Text.Json;
using Lhts.Basics;
using Lhts.Evaluation;
using Lhts.Models.Gpt;
using Lhts.Trainer.Conditioning;
using Lhts.Trainer.Evaluations;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Stages;

/// <summary>Makes the student that training starts from.</summary>
internal static class StudentModel
{
    // Between these tau(T) is interpolated, linear in 1/T; it bends little.
    private const int NumOfARange = 4;

    // F at the start is some tenths of a nat below its best where tau is wrong by a tenth; training finds the rest.
    private const int SweepSamples = 96;

    // Each is gone on from a few times over the temperatures tried; more would tell little.
    private const int MaxPrompts = 512;

    /// <summary>A student of the teacher's weights, its logits divided by the best myopic temperatures where the recipe says so.</summary>
    /// <param name="context">The run.</param>
    /// <param name="teacher">The frozen model.</param>
    /// <param name="folder">The stage's folder, which keeps what the sweep found.</param>
    /// <param name="stop">Ends the sweep.</param>
    public static Gpt2 Make(StageContext context, Gpt2 teacher, StageFolder folder, CancellationToken stop)
    {
        var student = context.Recipe.Student;
        var made = Gpt2Student.From(teacher, student.ConditioningInUse, student.TrainedAt, new Gpt2StudentOptions
        {
            Rank = (student.Conditioning as WeightsRecipe)?.Rank,
            OutputTemperatures = student.StartInUse == StudentStart.BestMyopic && student.Objective.HasTemperature
                ? Start(context, teacher, folder, stop)
                : null,
            Seed = (ulong)context.Recipe.Seed,
        });
        made.UsesCheckpointing = student.GradientCheckpointing;
        PredictedTokens.Limit(made, context.Recipe, context.Tokenizer);
        return made;
    }

    private static OutputTemperature[] Start(StageContext context, Gpt2 teacher, StageFolder folder, CancellationToken stop)
    {
        var path = folder.Start;
        context.Ranks.LeaderOnly(
            () =>
            {
                if (!File.Exists(path)) AtomicFile.Write(path, file => JsonSerializer.Serialize(file, Sweep(context, teacher, stop)));
            },
            stop);
        return JsonSerializer.Deserialize<OutputTemperature[]>(File.ReadAllText(path)) ?? throw new InvalidDataException($"'{path}' is empty. Delete it.");
    }

    private static OutputTemperature[] Sweep(StageContext context, Gpt2 teacher, CancellationToken stop)
    {
        var recipe = context.Recipe;
        context.Reporting.Health.ReportWork("the search for the best myopic temperatures");
        var prompts = PromptsOf(context);
        using var progress = context.Reporting.Progress.Begin("best myopic temperatures", total: null, "temperatures");
        var sweep = new BestMyopic(teacher, prompts, new BestMyopicOptions
        {
            NumSamples = SweepSamples,
            NumEstimates = 0,
            MaxNewTokens = recipe.Data.ContextLength - prompts.Max(prompt => prompt.Length),
            EndOfText = recipe.Student.Lengths == SampleLengths.Fixed ? null : context.Tokenizer.EndOfText,
            Seed = (ulong)recipe.Seed + 2,
        }) { Progress = new SynchronousProgress<int>(_ => context.Reporting.Health.ReportSign()) };
        var found = sweep.Find(TemperaturesOf(recipe.Student.Temperatures), stop);
        foreach (var best in found)
        {
            context.Reporting.Progress.WriteLine(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"student: T {best.Temperature:0.###} starts at the best myopic temperature {best.MyopicTemperature:0.###}"));
        }

        return [.. found.Select(best => new OutputTemperature(best.Temperature, best.MyopicTemperature))];
    }

    private static int[][] PromptsOf(StageContext context) => context.Recipe.Data.PromptColumn is null
        ? [[context.Tokenizer.EndOfText]]
        : EvaluationPrompts.Encode(context.Tokenizer, context.Data.ReadPrompts().Take(MaxPrompts).Select(row => row.Prompt));

    private static double[] TemperaturesOf(Temperatures temperatures)
    {
        if (temperatures.Values is { } list) return [.. list.Distinct().Order()];
        var (first, last) = (1 / temperatures.Max, 1 / temperatures.Min);
        return [.. Enumerable.Range(0, NumOfARange).Select(i => 1 / (first + ((last - first) * i / (NumOfARange - 1)))).Order()];
    }
}
