using Lhts.Models.Gpt;
using Lhts.Sampling;

namespace Lhts.Evaluation;

/// <summary>Independent sequences of one distribution q with what they are worth to the teacher p and to q itself. Only generated tokens count.</summary>
public sealed record ScoredDraws
{
    /// <summary>Puts the figures of sequences together.</summary>
    /// <param name="logP">(N): log p of each sequence, in nats, the teacher at temperature 1.</param>
    /// <param name="logQ">(N): log q of each, q being what it was drawn from: for a myopic temperature the product of the tempered conditionals.</param>
    /// <param name="numTokens">(N): generated tokens of each.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public ScoredDraws(IReadOnlyList<double> logP, IReadOnlyList<double> logQ, IReadOnlyList<int> numTokens)
    {
        if (logP.Count != logQ.Count || logP.Count != numTokens.Count)
        {
            throw new ArgumentException($"{logP.Count} log p, {logQ.Count} log q and {numTokens.Count} lengths were given; they must be as many.");
        }

        (LogP, LogQ, NumTokens) = (logP, logQ, numTokens);
    }

    /// <summary>(N): log p of each sequence, in nats.</summary>
    public IReadOnlyList<double> LogP { get; }

    /// <summary>(N): log q of each sequence, in nats.</summary>
    public IReadOnlyList<double> LogQ { get; }

    /// <summary>(N): generated tokens of each sequence.</summary>
    public IReadOnlyList<int> NumTokens { get; }

    /// <summary>How many sequences.</summary>
    public int Count => LogP.Count;

    /// <summary>(N): log p(x)/T - log q(x), the log weights that turn q into p_T. All equal where q is p_T.</summary>
    public IReadOnlyList<double> LogWeights(double temperature) => [.. LogP.Zip(LogQ, (p, q) => (p / temperature) - q)];

    /// <summary>These and others of the same distribution.</summary>
    public ScoredDraws With(ScoredDraws others) => new([.. LogP, .. others.LogP], [.. LogQ, .. others.LogQ], [.. NumTokens, .. others.NumTokens]);

    /// <summary>Scores samples with the model that drew them; the teacher's scores are there already.</summary>
    /// <param name="model">The model that drew them.</param>
    /// <param name="options">How: temperatures count, and truncation is refused, which no score knows of.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="teacherScores">The teacher's scores of the whole sequences, in the same order.</param>
    /// <param name="isTeacher">Whether the model is the teacher, whose scores at temperature 1 serve twice.</param>
    /// <param name="stop">Ends the work between two batches.</param>
    /// <exception cref="ArgumentException">The samples were drawn greedily or truncated, or scores do not belong to them.</exception>
    public static ScoredDraws Of(
        Gpt2 model, SamplingOptions options, IReadOnlyList<SampledSequence> samples, IReadOnlyList<ScoredSequence> teacherScores, bool isTeacher,
        CancellationToken stop)
    {
        if (options.Temperature == 0 || options.TopK is not null || options.TopP < 1)
        {
            throw new ArgumentException(
                "Samples have a log q that compares with the teacher's only at a myopic temperature above 0, without top-k and top-p.", nameof(options));
        }

        var own = isTeacher && options.Temperature == 1
            ? teacherScores
            : new SequenceScorer(model) { MyopicTemperature = options.Temperature }
                .Score([.. samples.Select(sample => sample.Tokens)], options.LongHorizonTemperature, cancellation: stop);
        return new(
            [.. samples.Zip(teacherScores, GeneratedTokens.Sum)], [.. samples.Zip(own, GeneratedTokens.Sum)],
            [.. samples.Select(sample => sample.Generated.Length)]);
    }
}
