using Lhts.Models.Gpt;
using Lhts.Sampling;

namespace Lhts.Evaluation;

/// <summary>
/// Finds, for each long-horizon temperature T, the myopic temperature tau at which the teacher's free energy F_T is largest: what dividing logits can
/// do, which a student must better, and where its training best starts. The texts drawn at one tau serve every T, so a few coarse temperatures are
/// tried once for all; the peak of each T is read off a parabola through its neighbours, tried as well, and F is estimated there on fresh texts.
/// </summary>
/// <param name="teacher">The frozen model p.</param>
/// <param name="prompts">What sequences begin with, taken in turn; with several of them F is a mean over prompts.</param>
/// <param name="options">How many sequences, how long, from which seed.</param>
public sealed class BestMyopic(Gpt2 teacher, IReadOnlyList<int[]> prompts, BestMyopicOptions options)
{
    // F is flat about its peak: neighbours a sixth apart see it, and finer ones would see noise.
    private const double Spacing = 1.16;

    // On text the best is 0.76 T at T 0.5, 0.93 T at 0.7 and T near 1, so the first temperatures reach below and a little above; an end that wins is gone
    // beyond.
    private const double LowestShare = 0.7, HighestShare = 1.1;
    private const int MaxExtensions = 12;

    private readonly SequenceScorer scorer = new(teacher);
    private readonly SortedDictionary<double, ScoredDraws> tried = [];

    /// <summary>Told of every batch that is drawn. Default null: nobody is.</summary>
    public IProgress<int>? Progress { get; init; }

    /// <summary>The temperatures that were tried, in rising order, with the texts that were drawn there.</summary>
    public IReadOnlyDictionary<double, ScoredDraws> Tried => tried;

    /// <summary>Texts of the teacher that are there already take part in the choice.</summary>
    /// <param name="myopicTemperature">Above 0: what they were drawn at.</param>
    /// <param name="draws">The texts; not those that F is estimated on.</param>
    public void Add(double myopicTemperature, ScoredDraws draws) =>
        tried[myopicTemperature] = tried.TryGetValue(myopicTemperature, out var before) ? before.With(draws) : draws;

    /// <summary>The best for each temperature, in their order. A pure function of the teacher, the options and what was added.</summary>
    /// <param name="temperatures">T, each above 0.</param>
    /// <param name="stop">Ends the work between two tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException">A temperature is not above 0.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<MyopicBest> Find(IReadOnlyList<double> temperatures, CancellationToken stop = default)
    {
        foreach (var temperature in temperatures) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature, nameof(temperatures));
        double[] open = [.. temperatures.Where(temperature => temperature != 1).Distinct()];
        if (open.Length > 0) Try(Grid(open.Min() * LowestShare, open.Max() * HighestShare), stop);
        foreach (var temperature in open) Extend(temperature, stop);
        foreach (var temperature in open) Try([PeakOf(temperature)], stop);
        return [.. temperatures.Select((temperature, place) => Estimate(temperature, place, stop))];
    }

    private MyopicBest Estimate(double temperature, int place, CancellationToken stop)
    {
        if (temperature == 1) return new(1, 1, new(0, 0)); // p itself: log p - log q is 0 for every text
        var best = PeakOf(temperature);
        if (options.NumEstimates == 0) return new(temperature, best, new(double.NaN, double.NaN));
        var firstIndex = options.NumSamples + ((long)place * options.NumEstimates); // numbers that no other draw has
        return new(temperature, best, FreeEnergy.Of(Draw(best, options.NumEstimates, firstIndex, stop), temperature));
    }

    private static IEnumerable<double> Grid(double lowest, double highest)
    {
        var count = (int)Math.Ceiling(Math.Log(highest / lowest) / Math.Log(Spacing));
        return Enumerable.Range(0, count + 1).Select(i => Round(lowest * Math.Pow(highest / lowest, (double)i / count)));
    }

    /// <summary>While the best of what was tried is its lowest or highest, one beyond is tried.</summary>
    private void Extend(double temperature, CancellationToken stop)
    {
        for (var i = 0; i < MaxExtensions; i++)
        {
            var best = tried.MaxBy(entry => FreeEnergy.Of(entry.Value, temperature).Value).Key;
            if (best != tried.Keys.First() && best != tried.Keys.Last()) return;
            Try([Round(best == tried.Keys.First() ? best / Spacing : best * Spacing)], stop);
        }
    }

    private double PeakOf(double temperature) => Round(Peak.Of([.. tried.Select(entry =>
    {
        var energy = FreeEnergy.Of(entry.Value, temperature);
        return (entry.Key, energy.Value, energy.StandardError);
    })]));

    private void Try(IEnumerable<double> myopicTemperatures, CancellationToken stop)
    {
        foreach (var temperature in myopicTemperatures.Where(temperature => !tried.ContainsKey(temperature)))
        {
            tried[temperature] = Draw(temperature, options.NumSamples, 0, stop);
        }
    }

    private ScoredDraws Draw(double myopicTemperature, int count, long firstIndex, CancellationToken stop)
    {
        var sampling = new SamplingOptions
        {
            Temperature = myopicTemperature,
            MaxNewTokens = options.MaxNewTokens,
            EndOfText = options.EndOfText,
            BatchSize = options.BatchSize,
            Seed = options.Seed,
        };
        int[][] starts = [.. Enumerable.Range(0, count).Select(i => prompts[i % prompts.Count])];
        var samples = new Sampler(teacher, sampling).Sample(starts, firstIndex, Progress, stop);
        var scores = scorer.Score([.. samples.Select(sample => sample.Tokens)], cancellation: stop);
        return ScoredDraws.Of(teacher, sampling, samples, scores, isTeacher: true, stop);
    }

    /// <summary>Temperatures that can be read; a thousandth costs nothing at a peak.</summary>
    private static double Round(double temperature) => temperature >= 0.01 ? Math.Round(temperature, 3) : temperature;
}
