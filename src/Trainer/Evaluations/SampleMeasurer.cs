using Lhts.Data.Tokenizers;
using Lhts.Evaluation;
using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Sampling;

namespace Lhts.Trainer.Evaluations;

/// <summary>Draws samples of teacher or student and has the teacher score them.</summary>
internal sealed class SampleMeasurer(Gpt2 teacher, Gpt2 student, ITokenizer tokenizer, int numSamples)
{
    private readonly SequenceScorer scorer = new(teacher);

    /// <summary>What a setting gives. A pure function of the models and the setting.</summary>
    /// <param name="source">Who draws.</param>
    /// <param name="options">How.</param>
    /// <param name="target">The T that the samples are to follow; null where there is none.</param>
    /// <param name="stop">Ends the work between two tokens.</param>
    public MeasuredSamples Measure(SampleSource source, SamplingOptions options, double? target, CancellationToken stop)
    {
        int[] prompt = [tokenizer.EndOfText];
        var model = source == SampleSource.Teacher ? teacher : student;
        var samples = new Sampler(model, options).Sample([.. Enumerable.Repeat(prompt, numSamples)], cancellation: stop);
        var scores = scorer.Score([.. samples.Select(sample => sample.Tokens)], cancellation: stop);
        var draws = options.Temperature == 0 ? null : ScoredDraws.Of(model, options, samples, scores, source == SampleSource.Teacher, stop);
        var row = TradeOffRow.Measure(source, options, samples, scores);
        if (source == SampleSource.Student) row = row with { LongHorizonTemperature = target ?? options.LongHorizonTemperature };
        if (draws is not null) row = row with { EffectiveTemperature = EffectiveTemperatureOf(draws) };
        if (draws is not null && target is { } temperature) row = row.With(draws, temperature);
        return new(options, row, [.. samples.Select(sample => tokenizer.Decode(sample.Generated))], [.. samples.Select(sample => sample.Generated.ToArray())], draws);
    }

    /// <summary>From the pairs of samples; null where all are alike.</summary>
    private static TemperatureEstimate? EffectiveTemperatureOf(ScoredDraws draws)
    {
        var estimate = EffectiveTemperature.Of(draws.LogP, draws.LogQ);
        return double.IsFinite(estimate.Value) ? new TemperatureEstimate(estimate.Value, estimate.StandardError) : null;
    }
}
