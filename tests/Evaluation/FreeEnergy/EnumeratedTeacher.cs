using Lhts.Models.Gpt;
using Lhts.Sampling;
using TorchSharp;

namespace Lhts.Evaluation.Tests;

/// <summary>A model over four tokens whose texts of six tokens are all enumerated: every expectation is a sum.</summary>
internal sealed class EnumeratedTeacher : IDisposable
{
    public const int Length = 6;
    private const int NumTokens = 4;
    private const int FirstToken = 0;
    private const double InitializerRange = 0.5;

    private readonly int[][] texts = [.. Enumerable.Range(0, (int)Math.Pow(NumTokens, Length)).Select(Text)];
    private readonly Dictionary<(Gpt2 Model, double Temperature), double[]> known = [];
    private readonly double[] logP;

    public EnumeratedTeacher(ulong seed)
    {
        Model = Make(seed);
        logP = LogProbs(Model, 1);
    }

    public Gpt2 Model { get; }

    public static int[] Prompt => [FirstToken];

    public static Gpt2 Make(ulong seed) => new(
        new Gpt2Config
        {
            NumLayers = 1, EmbeddingSize = 8, NumHeads = 2, VocabularySize = NumTokens, NumPositions = Length + 1, InitializerRange = InitializerRange,
            EmbeddingDropout = 0, ResidualDropout = 0, AttentionDropout = 0,
        },
        new torch.Generator(seed));

    public double LogPartition(double temperature) => LogSumExp(logP.Select(value => value / temperature));

    /// <summary>log Z_T - KL(q || p_T), from the two sides that the sampled figure does not see.</summary>
    public double FreeEnergyOf(Gpt2 model, double myopicTemperature, double temperature) =>
        LogPartition(temperature) - DivergenceOf(model, myopicTemperature, temperature);

    public double DivergenceOf(Gpt2 model, double myopicTemperature, double temperature)
    {
        var logZ = LogPartition(temperature);
        return LogProbs(model, myopicTemperature).Zip(logP, (q, p) => Math.Exp(q) * (q - ((p / temperature) - logZ))).Sum();
    }

    public double EntropyOf(Gpt2 model, double myopicTemperature) => LogProbs(model, myopicTemperature).Sum(q => -Math.Exp(q) * q);

    /// <summary>Texts drawn by a model, scored by the teacher and itself.</summary>
    public ScoredDraws Draw(Gpt2 model, double myopicTemperature, int count, ulong seed)
    {
        var options = new SamplingOptions { Temperature = myopicTemperature, MaxNewTokens = Length, Seed = seed, BatchSize = 1024 };
        var samples = new Sampler(model, options).Sample([.. Enumerable.Repeat(Prompt, count)]);
        var scores = new SequenceScorer(Model).Score([.. samples.Select(sample => sample.Tokens)]);
        return ScoredDraws.Of(model, options, samples, scores, ReferenceEquals(model, Model), CancellationToken.None);
    }

    /// <summary>Texts of p_T itself with the log-probs that a model gives them.</summary>
    public ScoredDraws DrawJoint(double temperature, Gpt2 model, int count, int seed)
    {
        var (random, logZ, logQ) = (new Random(seed), LogPartition(temperature), LogProbs(model, 1));
        var sums = new double[texts.Length];
        double sum = 0;
        for (var i = 0; i < sums.Length; i++) sums[i] = sum += Math.Exp((logP[i] / temperature) - logZ);
        int[] drawn = [.. Enumerable.Range(0, count).Select(_ => Math.Min(sums.Length - 1, ~Array.BinarySearch(sums, random.NextDouble())))];
        return new([.. drawn.Select(i => logP[i])], [.. drawn.Select(i => logQ[i])], [.. drawn.Select(_ => Length)]);
    }

    public void Dispose() => Model.Dispose();

    private double[] LogProbs(Gpt2 model, double myopicTemperature) =>
        known.TryGetValue((model, myopicTemperature), out var values) ? values : known[(model, myopicTemperature)] =
        [.. new SequenceScorer(model) { MyopicTemperature = myopicTemperature }.Score(texts).Select(score => score.Sum)];

    private static double LogSumExp(IEnumerable<double> values)
    {
        double[] all = [.. values];
        var largest = all.Max();
        return largest + Math.Log(all.Sum(value => Math.Exp(value - largest)));
    }

    private static int[] Text(int number) =>
        [FirstToken, .. Enumerable.Range(0, Length).Select(place => number / (int)Math.Pow(NumTokens, place) % NumTokens)];
}
