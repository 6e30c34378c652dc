using Lhts.Evaluation;
using Lhts.Models.Gpt;
using Lhts.Sampling;
using Lhts.Telemetry;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Evaluations;

/// <summary>What a recipe's evaluation samples, and how a measured setting becomes figures.</summary>
internal static class EvaluationSettings
{
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
            : context.Recipe.Evaluation.StudentTemperatures.Select(temperature => shared with { LongHorizonTemperature = temperature });
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
            MyopicTemperature = isTeacher ? row.MyopicTemperature : curve.TemperatureAt(row.Likelihood.PerToken),
        };
    }

    /// <summary>The teacher's likelihoods among measured settings.</summary>
    public static MyopicCurve CurveOf(IEnumerable<TradeOffRow> rows) => new(
        rows.Where(row => row.Source == SampleSource.Teacher).Select(row => (row.MyopicTemperature, row.Likelihood.PerToken)));

    private static SamplingOptions Shared(StageContext context, int? maxTokens) =>
        new() { EndOfText = context.Tokenizer.EndOfText, MaxNewTokens = maxTokens, Seed = (ulong)context.Recipe.Seed };
}
