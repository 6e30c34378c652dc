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

    /// <summary>The figures of a setting, and what was drawn as text. A pure function of the models and the setting.</summary>
    public (TradeOffRow Row, string[] Texts) Measure(SampleSource source, SamplingOptions options, CancellationToken stop)
    {
        int[] prompt = [tokenizer.EndOfText];
        var model = source == SampleSource.Teacher ? teacher : student;
        var samples = new Sampler(model, options).Sample([.. Enumerable.Repeat(prompt, numSamples)], cancellation: stop);
        var scores = scorer.Score([.. samples.Select(sample => sample.Tokens)], cancellation: stop);
        var texts = samples.Select(sample => tokenizer.Decode(sample.Generated)).ToArray();
        // Diversity is that of words, so that tokenizers compare and a character's few values do not hide it.
        var row = TradeOffRow.Measure(source, options, samples, scores) with
        {
            Diversity = Diversity.Of(Words.Number(texts)),
            EffectiveTemperature = EffectiveTemperatureOf(model, options, samples, scores, stop),
        };
        return (row, texts);
    }

    /// <summary>From the pairs of samples; null where all are alike, or drawn greedily.</summary>
    private static TemperatureEstimate? EffectiveTemperatureOf(
        Gpt2 model, SamplingOptions options, IReadOnlyList<SampledSequence> samples, IReadOnlyList<ScoredSequence> scores, CancellationToken stop)
    {
        if (options.Temperature == 0) return null;
        var own = new SequenceScorer(model) { MyopicTemperature = options.Temperature }
            .Score([.. samples.Select(sample => sample.Tokens)], options.LongHorizonTemperature, cancellation: stop);
        var estimate = EffectiveTemperature.Of([.. scores.Select(score => score.Sum)], [.. own.Select(score => score.Sum)]);
        return double.IsFinite(estimate.Value) ? new TemperatureEstimate(estimate.Value, estimate.StandardError) : null;
    }
}
