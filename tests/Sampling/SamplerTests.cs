using Lhts.Models.Gpt;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Sampling.Tests;

/// <summary>Generation in batches, against a plain loop without cache, batch or padding.</summary>
public sealed class SamplerTests : TensorTest
{
    private static readonly int[][] Ragged = [[1, 2, 3], [4], [5, 6, 7, 8, 9, 10, 11, 0], [1, 2, 3], [2, 2], [3, 1, 4, 1, 5], [9]];

    [Test]
    public void Sample_BatchedRaggedPrompts_EqualsOneTokenAtATimeWithoutCache(
        [Values] TemperatureConditioning conditioning, [Values(0.0, 0.7, 1.0)] double temperature, [Values(1, 3, 64)] int batchSize)
    {
        using var model = TestModels.Make(conditioning);
        double? horizon = conditioning == TemperatureConditioning.None ? null : 0.5;
        var options = new SamplingOptions { Temperature = temperature, LongHorizonTemperature = horizon, EndOfText = TestModels.EndOfText,
            BatchSize = batchSize, Seed = 3 };

        var samples = new Sampler(model, options).Sample(Ragged, firstIndex: 100);

        for (var i = 0; i < Ragged.Length; i++)
        {
            var (tokens, logProbs) = SlowSample(model, Ragged[i], 100 + i, options);
            Assert.That(samples[i].Tokens, Is.EqualTo(tokens), $"prompt {i}");
            Assert.That(samples[i].LogProbs, Is.EqualTo(logProbs).Within(1e-4), $"prompt {i}");
        }
    }

    [Test]
    public void Sample_WithATemperatureForEachPrompt_EqualsEachAlone()
    {
        using var model = TestModels.Make(TemperatureConditioning.EveryPosition);
        double[] temperatures = [0.3, 0.5, 1, 0.3, 2, 0.5, 0.4];
        int[][] prompts = [[1, 2], [1, 2], [1, 2], [1, 2], [7], [1, 2], [5, 6, 7]];

        var together = new Sampler(model, new SamplingOptions { Seed = 5 }).Sample(prompts, longHorizonTemperatures: temperatures);

        for (var i = 0; i < prompts.Length; i++)
        {
            var options = new SamplingOptions { Seed = 5, LongHorizonTemperature = temperatures[i] };
            Assert.That(together[i].Tokens, Is.EqualTo(new Sampler(model, options).Sample([prompts[i]], firstIndex: i)[0].Tokens), $"prompt {i}");
        }
    }

    [Test]
    public void Sample_BatchesSideBySide_EqualOneAfterTheOther([Values] TemperatureConditioning conditioning)
    {
        using var model = TestModels.Make(conditioning);
        var sampler = new Sampler(
            model, new SamplingOptions { BatchSize = 2, Seed = 4, LongHorizonTemperature = conditioning == TemperatureConditioning.None ? null : 0.6 });
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            var one = sampler.Sample(Ragged);
            set_num_threads(3);
            var reported = new List<int>();
            var three = sampler.Sample(Ragged, progress: new Reports(reported));

            Assert.That(three.Select(sample => sample.Tokens), Is.EqualTo(one.Select(sample => sample.Tokens)));
            Assert.That(three.Select(sample => sample.LogProbs), Is.EqualTo(one.Select(sample => sample.LogProbs)));
            Assert.That(reported, Has.Count.AtLeast(4).And.Ordered.Ascending);
            Assert.That(reported[^1], Is.EqualTo(Ragged.Length));
            Assert.That(get_num_threads(), Is.EqualTo(3));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private sealed class Reports(List<int> values) : IProgress<int>
    {
        public void Report(int value) => values.Add(value);
    }

    [TestCase("number", "2 long-horizon temperatures were given for 1 prompts")]
    [TestCase("value", "A long-horizon temperature is 0; it must be above 0")]
    [TestCase("model", "the model knows no temperatures")]
    public void Sample_BadTemperatures_AreNamed(string fault, string message)
    {
        using var model = TestModels.Make(fault == "model" ? TemperatureConditioning.None : TemperatureConditioning.EveryPosition);
        double[] temperatures = fault switch { "number" => [1, 1], "value" => [0], _ => [1] };

        Assert.That(
            () => new Sampler(model, new SamplingOptions()).Sample([[1]], longHorizonTemperatures: temperatures),
            Throws.ArgumentException.With.Message.Contains(message));
    }

    [Test]
    public void Sample_OfAModelWithNaN_NamesSequenceAndPosition([Values(0, 1)] double temperature, [Values(1, 0.5)] double topP)
    {
        using var model = TestModels.Make();
        // The fifth position, which draws the sixth token.
        using (no_grad()) model.named_parameters().Single(pair => pair.Item1 == "wpe.weight").Item2.select(0, 4).fill_(double.NaN);

        Assert.That(
            () => new Sampler(model, new SamplingOptions { Temperature = temperature, TopP = topP }).Sample([[1, 2, 3]], firstIndex: 7),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("sequence 7 at position 5"));
    }

    [Test]
    public void Sample_UntilEndOfText_HasItOnceAndLast()
    {
        using var model = TestModels.Make();

        var samples = new Sampler(model, new SamplingOptions { EndOfText = TestModels.EndOfText, Seed = 1 }).Sample([.. Enumerable.Repeat(new[] { 1 }, 50)]);

        Assert.That(samples.Select(sample => sample.IsComplete), Does.Contain(true).And.Contain(false));
        foreach (var sample in samples)
        {
            var first = sample.Generated.IndexOf(TestModels.EndOfText);
            Assert.That(first, Is.EqualTo(sample.IsComplete ? sample.Generated.Length - 1 : -1));
            Assert.That(sample.Tokens, Has.Length.LessThanOrEqualTo(24).And.Length.GreaterThan(1));
            Assert.That(sample.IsComplete || sample.Tokens.Length == 24, Is.True);
        }
    }

    [Test]
    public void Sample_WithSeveralSeeds_Differs()
    {
        using var model = TestModels.Make();
        int[][] prompts = [[1, 2, 3]];

        var texts = Enumerable.Range(0, 10)
            .Select(seed => string.Join(',', new Sampler(model, new SamplingOptions { Seed = (ulong)seed }).Sample(prompts)[0].Tokens));

        Assert.That(texts.Distinct().Count(), Is.GreaterThan(5));
    }

    [Test]
    public void Sample_WithMaxNewTokens_StopsThere([Values(0, 1, 5)] int maxNewTokens)
    {
        using var model = TestModels.Make();

        var samples = new Sampler(model, new SamplingOptions { MaxNewTokens = maxNewTokens }).Sample(Ragged);

        Assert.That(samples.Select(sample => sample.Generated.Length), Is.All.EqualTo(maxNewTokens));
        Assert.That(samples.Select(sample => sample.PromptLength), Is.EqualTo(Ragged.Select(prompt => prompt.Length)));
    }

    [Test]
    public void Sample_FullAndShortPromptsTogether_UseTheWholeContext()
    {
        using var model = TestModels.Make();
        int[][] prompts = [[.. Enumerable.Repeat(1, 24)], [.. Enumerable.Repeat(2, 23)], [3]];

        var samples = new Sampler(model, new SamplingOptions()).Sample(prompts);

        Assert.That(samples.Select(sample => sample.Tokens.Length), Is.All.EqualTo(24));
        Assert.That(samples[0].Generated.Length, Is.Zero);
    }

    [Test]
    public void Sample_OfATrainingModel_LeavesItTraining()
    {
        using var model = TestModels.Make();
        model.train();

        new Sampler(model, new SamplingOptions { MaxNewTokens = 1 }).Sample([[1]]);

        Assert.That(model.training, Is.True);
    }

    [Test]
    public void Sample_Cancelled_Stops()
    {
        using var model = TestModels.Make();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.That(() => new Sampler(model, new SamplingOptions()).Sample([[1]], cancellation: cancelled.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Sample_BadPrompt_IsNamed([Values("empty", "long", "token")] string fault)
    {
        using var model = TestModels.Make();
        int[] bad = fault switch { "empty" => [], "long" => new int[25], _ => [13] };
        var message = fault switch { "empty" => "Prompt 1 has 0 tokens", "long" => "Prompt 1 has 25 tokens; this model takes 1 to 24",
            _ => "Prompt 1 holds token 13; this model's are 0 to 12" };

        Assert.That(() => new Sampler(model, new SamplingOptions()).Sample([[1], bad]), Throws.ArgumentException.With.Message.Contains(message));
    }

    [Test]
    public void Constructor_ManyFaults_ListsAllOfThem()
    {
        using var model = TestModels.Make();
        var options =
            new SamplingOptions
            {
                Temperature = double.NaN, LongHorizonTemperature = 0, TopK = 0, TopP = 0, MinP = 2, Typical = 0, RepetitionPenalty = 0,
                PresencePenalty = double.NaN, FrequencyPenalty = double.PositiveInfinity, AllowedTokens = [], BannedTokens = [13],
                Schedule = new Schedules.StepSchedule(1, 0), MaxNewTokens = -1, EndOfText = 13, BatchSize = 0,
            };

        var exception = Assert.Throws<ArgumentException>(() => new Sampler(model, options));

        string[] faults = ["temperature is NaN", "min-p is 2", "typical is 0", "repetition penalty is 0", "presence penalty is NaN", "frequency penalty is",
            "no token is left", "token 13 cannot be allowed or banned", "takes every 0 tokens", "long-horizon temperature is 0", "top-k is 0", "top-p is 0",
            "new tokens is -1", "end-of-text is token 13",
            "batch size is 0", "knows no temperatures"];
        foreach (var fault in faults) Assert.That(exception!.Message, Does.Contain(fault));
    }

    [Test]
    public void Sample_WithAnObserver_TellsEveryTokenAndStopsWhereItSays([Values(1, 64)] int batchSize)
    {
        using var model = TestModels.Make();
        var seen = new Dictionary<long, List<int>>();
        bool Observe(long sequence, int token)
        {
            if (!seen.TryGetValue(sequence, out var tokens)) seen[sequence] = tokens = [];
            tokens.Add(token);
            return tokens.Count == sequence - 10;
        }

        var samples = new Sampler(model, new SamplingOptions { BatchSize = batchSize, Seed = 2 }).Sample(Ragged, firstIndex: 11, observer: Observe);

        for (var i = 0; i < Ragged.Length; i++)
        {
            Assert.That(samples[i].Generated.ToArray(), Is.EqualTo(seen[11 + i]).And.Length.EqualTo(i + 1));
            Assert.That((samples[i].IsStopped, samples[i].IsComplete), Is.EqualTo((true, false)));
        }
    }

    /// <summary>The definition: the whole sequence through the model for each token, alone.</summary>
    private static (List<int> Tokens, List<float> LogProbs) SlowSample(Gpt2 model, int[] prompt, long index, SamplingOptions options)
    {
        using var noGrad = no_grad();
        model.eval();
        List<int> tokens = [.. prompt];
        List<float> logProbs = [];
        while (tokens.Count < model.Config.NumPositions && (tokens.Count == prompt.Length || tokens[^1] != options.EndOfText))
        {
            using var scope = NewDisposeScope();
            var input = tensor(tokens.Select(token => (long)token).ToArray()).unsqueeze(0);
            var temperatures = options.LongHorizonTemperature is { } value ? tensor(new[] { (float)value }) : null;
            var last = model.Hidden(input, temperatures).select(1, tokens.Count - 1);
            var logits = model.Logits(last); // (1, V)
            var token = TokenChooser.Choose(logits, [CounterRandom.Uniform(options.Seed, index, tokens.Count)], options).Tokens[0];
            tokens.Add((int)token);
            logProbs.Add(options.Temperature == 0 ? 0 : (logits / options.Temperature).log_softmax(-1)[0, token].item<float>());
        }

        return (tokens, logProbs);
    }
}
