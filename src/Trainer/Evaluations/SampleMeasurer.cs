using Lhts.Data.Tokenizers;
using Lhts.Evaluation;
using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Sampling;

namespace Lhts.Trainer.Evaluations;

/// <summary>Draws samples of teacher or student and has the teacher score them.</summary>
/// <param name="teacher">The frozen model.</param>
/// <param name="student">The trained one.</param>
/// <param name="tokenizer">Of both.</param>
/// <param name="numSamples">Samples of each setting.</param>
/// <param name="prompts">What samples begin with, taken in turn.</param>
internal sealed class SampleMeasurer(Gpt2 teacher, Gpt2 student, ITokenizer tokenizer, int numSamples, IReadOnlyList<int[]> prompts)
{
    private readonly SequenceScorer scorer = new(teacher);

    /// <summary>Told of every batch that is drawn. Default null: nobody is.</summary>
    public IProgress<int>? Progress { get; init; }

    /// <summary>What a setting gives. A pure function of the models and the setting.</summary>
    /// <param name="source">Who draws.</param>
    /// <param name="options">How.</param>
    /// <param name="target">The T that the samples are to follow; null where there is none.</param>
    /// <param name="stop">Ends the work between two tokens.</param>
    public MeasuredSamples Measure(SampleSource source, SamplingOptions options, double? target, CancellationToken stop)
    {
        var model = source == SampleSource.Teacher ? teacher : student;
        var samples = new Sampler(model, options)
            .Sample([.. Enumerable.Range(0, numSamples).Select(i => prompts[i % prompts.Count])], progress: Progress, cancellation: stop);
        var scores = scorer.Score([.. samples.Select(sample => sample.Tokens)], cancellation: stop);
        var draws = options.Temperature == 0 ? null : ScoredDraws.Of(model, options, samples, scores, source == SampleSource.Teacher, stop);
        var row = TradeOffRow.Measure(source, options, samples, scores);
        if (source == SampleSource.Student) row = row with { LongHorizonTemperature = target ?? options.LongHorizonTemperature };
        if (draws is not null) row = row with { EffectiveTemperature = EffectiveTemperatureOf(draws) };
        if (draws is not null && target is { } temperature) row = row.With(draws, temperature);
        return new(options, row, [.. samples.Select(sample => tokenizer.Decode(sample.Generated))], [.. samples.Select(sample => sample.Generated.ToArray())],
            draws);
    }

    /// <summary>From the pairs of samples of one prompt; null where all are alike or no prompt has two.</summary>
    private TemperatureEstimate? EffectiveTemperatureOf(ScoredDraws draws)
    {
        var estimate = EffectiveTemperature.Of(WithinPrompts(draws.LogP), WithinPrompts(draws.LogQ));
        return double.IsFinite(estimate.Value) ? new TemperatureEstimate(estimate.Value, estimate.StandardError) : null;
    }

    /// <summary>Values less the mean of their prompt: log Z_T differs between prompts, and a pair of two prompts would show that.</summary>
    private double[] WithinPrompts(IReadOnlyList<double> values)
    {
        if (prompts.Count == 1) return [.. values];
        double[] means =
            [.. Enumerable.Range(0, Math.Min(prompts.Count, values.Count)).Select(prompt => values.Where((_, i) => i % prompts.Count == prompt).Average())];
        return [.. values.Select((value, i) => value - means[i % prompts.Count])];
    }
}
