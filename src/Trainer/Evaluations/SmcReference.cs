using Lhts.Evaluation;
using Lhts.Models.Gpt;
using Lhts.Sampling.Joint;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Evaluations;

/// <summary>p_T by power SMC on the teacher alone: log Z_T with its error, and the likelihood and entropy of its texts.</summary>
/// <param name="context">The run.</param>
/// <param name="teacher">The frozen model.</param>
/// <param name="settings">Particles and runs.</param>
internal sealed class SmcReference(StageContext context, Gpt2 teacher, ReferenceRecipe settings) : IJointReference
{
    private readonly SequenceScorer scorer = new(teacher);

    /// <inheritdoc/>
    public JointReference? At(double temperature, CancellationToken stop)
    {
        if (temperature == 1) return null; // p itself: log Z is 0
        context.Reporting.Health.ReportWork("the reference samples of p_T");
        var numPositions = settings.Runs * NumTokens;
        using var progress = context.Reporting.Progress.Begin($"power SMC at T {temperature:0.##}", numPositions, "tokens");
        var smc = new PowerSmc(teacher, new PowerSmcOptions
        {
            Temperature = temperature,
            NumParticles = settings.Particles,
            NumRuns = settings.Runs,
            MaxNewTokens = NumTokens,
            EndOfText = context.Recipe.Student.Lengths == SampleLengths.Fixed ? null : context.Tokenizer.EndOfText,
            Seed = (ulong)context.Recipe.Seed + 3,
        });
        var result = smc.Run([context.Tokenizer.EndOfText], progress: new Relay<int>(done => progress.Report(done)), cancellation: stop);
        var texts = result.Resample(result.Sequences.Count, (ulong)context.Recipe.Seed);
        var scores = scorer.Score([.. texts.Select(text => text.Tokens)], cancellation: stop);
        return JointReference.Of(
            temperature, new Figure(result.LogZ, result.LogZError), [.. scores.Select(score => score.Sum)], [.. texts.Select(text => text.Generated.Length)]);
    }

    private int NumTokens => Math.Min(context.Recipe.Evaluation.MaxTokens ?? int.MaxValue, context.Recipe.Data.ContextLength - 1);
}
