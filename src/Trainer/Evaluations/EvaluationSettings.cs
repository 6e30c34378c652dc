using Lhts.Evaluation;
using Lhts.Models.Gpt;
using Lhts.Sampling;
using Lhts.Telemetry;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Evaluations;

/// <summary>What a recipe's evaluation samples, and how a measured setting becomes figures.</summary>
internal static class EvaluationSettings
{
    // The ends and two between: four points are a curve, and each costs its samples.
    private const int NumOfARange = 4;

    // The best myopic temperature's log weights vary about twice as much as those of a student that is worth having: with twice the texts its error is no
    // larger.
    private const int EstimatesPerSample = 2;

    /// <summary>The teacher at each of its myopic temperatures.</summary>
    public static IEnumerable<SamplingOptions> OfTeacher(StageContext context, int? maxTokens) =>
        context.Recipe.Evaluation.TeacherTemperatures.Select(temperature => Shared(context, maxTokens) with { Temperature = temperature });

    /// <summary>The student at each of its long-horizon temperatures; one that knows none has only its own, one of tags only its best.</summary>
    public static IEnumerable<SamplingOptions> OfStudent(StageContext context, Gpt2 student, int? maxTokens)
    {
        var shared = Shared(context, maxTokens);
        if (context.Recipe.Student.Objective.BestTag is { } tag) return [shared with { LongHorizonTemperature = tag }];
        return student.Config.TemperatureConditioning == TemperatureConditioning.None
            ? [shared]
            : TemperaturesOf(context.Recipe).Select(temperature => shared with { LongHorizonTemperature = temperature });
    }

    /// <summary>
    /// The student's temperatures that are measured, the highest first where the recipe does not say: a list's, or a range's ends and two between.
    /// </summary>
    public static IReadOnlyList<double> TemperaturesOf(Recipe recipe)
    {
        if (recipe.Evaluation.StudentTemperatures is { } given) return given;
        var trained = recipe.Student.TrainingTemperatures;
        if (trained.Values is { } list) return [.. list.Distinct().OrderDescending()];
        return [.. Enumerable.Range(0, NumOfARange).Select(i => Math.Round(trained.Max - ((trained.Max - trained.Min) * i / (NumOfARange - 1)), 3))];
    }

    /// <summary>The T that a setting is to follow: what the student is asked for, or the only one it has; null for a student of tags, which has no T.</summary>
    public static double? TargetOf(StageContext context, SampleSource source, SamplingOptions options)
    {
        if (source == SampleSource.Teacher) return options.Temperature;
        if (context.Recipe.Student.Objective.BestTag is not null) return null;
        return options.LongHorizonTemperature ?? context.Recipe.Student.TrainingTemperatures.Min;
    }

    /// <summary>The figures of a measured setting.</summary>
    /// <param name="context">The run: a student that knows no temperatures has that of its training.</param>
    /// <param name="row">The setting.</param>
    /// <param name="curve">The teacher's own likelihoods.</param>
    public static SampleFigures FiguresOf(StageContext context, TradeOffRow row, MyopicCurve curve)
    {
        var isTeacher = row.Source == SampleSource.Teacher;
        return new SampleFigures
        {
            Model = isTeacher ? SampledModel.Teacher : SampledModel.Student,
            Temperature = isTeacher ? row.MyopicTemperature : row.LongHorizonTemperature ?? context.Recipe.Student.TrainingTemperatures.Min,
            LogLikelihood = row.Likelihood.PerToken,
            Distinct = row.Diversity.Distinct,
            Repetition = row.Diversity.SeqRep,
            Entropy = row.Diversity.Entropy,
            SelfBleu = row.Diversity.SelfBleu,
            EffectiveTemperature = row.EffectiveTemperature?.Value,
            EffectiveTemperatureError = row.EffectiveTemperature?.StandardError,
            EntropyPerToken = row.Entropy?.PerToken,
            FreeEnergy = row.FreeEnergy?.Value,
            Gain = row.Gain?.Value,
            GainError = row.Gain?.StandardError,
            MyopicTemperature = isTeacher ? row.MyopicTemperature : curve.TemperatureAt(row.Likelihood.PerToken),
        };
    }

    /// <summary>The teacher's likelihoods among measured settings.</summary>
    public static MyopicCurve CurveOf(IEnumerable<TradeOffRow> rows) => new(
        rows.Where(row => row.Source == SampleSource.Teacher).Select(row => (row.MyopicTemperature, row.Likelihood.PerToken)));

    /// <summary>How the best myopic temperatures are found: texts as those of the rows, but draws of their own.</summary>
    public static BestMyopicOptions OfBest(StageContext context, int numSamples, int? maxTokens) => new()
    {
        NumEstimates = EstimatesPerSample * numSamples,
        MaxNewTokens = maxTokens,
        EndOfText = EndOf(context),
        Seed = (ulong)context.Recipe.Seed + 1,
    };

    private static SamplingOptions Shared(StageContext context, int? maxTokens) =>
        new() { EndOfText = EndOf(context), MaxNewTokens = maxTokens, Seed = (ulong)context.Recipe.Seed };

    private static int? EndOf(StageContext context) => context.Recipe.Student.Lengths == SampleLengths.Fixed ? null : context.Tokenizer.EndOfText;
}
