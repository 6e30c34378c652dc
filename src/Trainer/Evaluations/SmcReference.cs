using Lhts.Evaluation;
using Lhts.Models.Gpt;
using Lhts.Sampling;
using Lhts.Sampling.Joint;
using Lhts.Telemetry;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Evaluations;

/// <summary>p_T by power SMC on the teacher alone: log Z_T with its error, and the likelihood and entropy of its texts.</summary>
/// <param name="context">The run.</param>
/// <param name="teacher">The frozen model.</param>
/// <param name="prompts">What the evaluation's samples begin with.</param>
/// <param name="settings">Particles and runs.</param>
internal sealed class SmcReference(StageContext context, Gpt2 teacher, IReadOnlyList<int[]> prompts, ReferenceRecipe settings) : IJointReference
{
    private readonly SequenceScorer scorer = new(teacher);

    /// <summary>The prompts that the samples reach: a mean over others would be another mean.</summary>
    private readonly int[][] starts = [.. prompts.Take(context.Recipe.Evaluation.Samples)];

    /// <inheritdoc/>
    public JointReference? At(double temperature, CancellationToken stop)
    {
        if (temperature == 1) return null; // p itself: log Z is 0
        var smc = new PowerSmc(teacher, OptionsAt(temperature));
        var (logZ, logP, numTokens) = (new List<Figure>(), new List<double>(), new List<int>());
        var kept = new List<(SampledSequence Text, ScoredSequence Score)>();
        var done = 0L;
        using var progress = context.Reporting.Progress.Begin($"power SMC at T {temperature:0.##}", starts.Sum(NumPositionsOf), "tokens");
        for (var i = 0; i < starts.Length; i++)
        {
            context.Reporting.Health.ReportWork("the reference samples of p_T");
            var before = done;
            var result = smc.Run(starts[i], (long)i * settings.Runs, new SynchronousProgress<int>(positions => Report(progress, before + positions)), stop);
            done += NumPositionsOf(starts[i]);
            logZ.Add(new Figure(result.LogZ, result.LogZError));
            var texts = result.Resample(result.Sequences.Count, (ulong)context.Recipe.Seed);
            var scores = scorer.Score([.. texts.Select(text => text.Tokens)], cancellation: stop);
            logP.AddRange(texts.Zip(scores, GeneratedTokens.Sum));
            if (starts.Length == 1) kept.AddRange(texts.Zip(scores));
            numTokens.AddRange(texts.Select(text => text.Generated.Length));
        }

        return JointReference.Of(temperature, OverStarts(logZ), logP, numTokens) with { Texts = kept };
    }

    /// <summary>The mean; its error is that of the runs alone, for the free energies that it is compared with are of the same prompts.</summary>
    private static Figure OverStarts(List<Figure> logZ) =>
        new(logZ.Average(figure => figure.Value), Math.Sqrt(logZ.Sum(figure => figure.StandardError * figure.StandardError)) / logZ.Count);

    private PowerSmcOptions OptionsAt(double temperature) => new()
    {
        Temperature = temperature,
        NumParticles = settings.Particles,
        NumRuns = settings.Runs,
        MaxNewTokens = context.Recipe.Evaluation.MaxTokens,
        EndOfText = context.Recipe.Student.Lengths == SampleLengths.Fixed ? null : context.Tokenizer.EndOfText,
        Seed = (ulong)context.Recipe.Seed + 3,
    };

    private void Report(IProgress progress, long done)
    {
        context.Reporting.Health.ReportSign();
        progress.Report(done);
    }

    private long NumPositionsOf(int[] start) =>
        (long)settings.Runs * Math.Min(context.Recipe.Evaluation.MaxTokens ?? int.MaxValue, context.Recipe.Data.ContextLength - start.Length);
}
