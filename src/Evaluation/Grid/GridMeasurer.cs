using Lhts.Models.Gpt;
using Lhts.Sampling;

namespace Lhts.Evaluation.Grid;

/// <summary>Draws the texts of a cell and has the teacher score them.</summary>
/// <param name="teacher">Scores all, and draws its own row.</param>
/// <param name="student">Draws the others; it knows temperatures.</param>
/// <param name="endOfText">The token that texts begin with and end at.</param>
/// <param name="decode">Turns tokens into text, whose words are counted.</param>
/// <param name="options">How many, and from which seed.</param>
public sealed class GridMeasurer(Gpt2 teacher, Gpt2 student, int endOfText, Func<int[], string> decode, GridOptions options)
{
    private readonly SequenceScorer scorer = new(teacher);

    /// <summary>Measures a cell: a function of the models, the cell's place and the options alone.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public GridCell Measure(GridKey key, CancellationToken stop)
    {
        var sampling = new SamplingOptions
        {
            LongHorizonTemperature = key.LongHorizonTemperature,
            Temperature = key.MyopicTemperature,
            MaxNewTokens = options.MaxNewTokens,
            EndOfText = endOfText,
            BatchSize = options.BatchSize,
            Seed = key.SeedFrom(options.Seed),
        };
        int[] prompt = [endOfText];
        var sampler = new Sampler(key.Source == SampleSource.Teacher ? teacher : student, sampling);
        var samples = sampler.Sample([.. Enumerable.Repeat(prompt, options.NumSamples)], cancellation: stop);
        var scores = scorer.Score([.. samples.Select(sample => sample.Tokens)], cancellation: stop);
        return GridCell.Measure(key, samples, scores, Words.Number(samples.Select(sample => decode(sample.Generated.ToArray()))));
    }
}
