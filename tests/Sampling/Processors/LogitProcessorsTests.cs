using System.Text.Json.Nodes;
using Lhts.Testing;
using static TorchSharp.torch;

namespace Lhts.Sampling.Processors.Tests;

/// <summary>Every processor against its definition in a few lines, and against another program's numbers.</summary>
public sealed class LogitProcessorsTests : TensorTest
{
    /// <summary>Random rows, rows with ties, with left out tokens, and vocabularies of one token.</summary>
    public enum Rows
    {
        Random,
        Ties,
        Infinities,
        OneToken,
    }

    private static readonly SamplingOptions Plain = new();

    [Test]
    public void Temperature_OfTheRealLine_IsTheExponentialOverItsSum([Values] Rows kind, [Values(1e5, 3, 0.3, 1e-3, -1e-3, -0.5, -2, -1e5)] double temperature)
    {
        foreach (var row in Make(kind))
        {
            var left = row.Where(double.IsFinite).Select(value => value / temperature).ToArray();
            var largest = left.Max();
            var total = left.Sum(value => Math.Exp(value - largest));
            double[] expected = [.. row.Select(value => double.IsFinite(value) ? Math.Exp((value / temperature) - largest) / total : 0)];

            Assert.That(Apply(row, Plain with { Temperature = temperature }), Is.EqualTo(expected).Within(1e-12));
        }
    }

    [Test]
    public void Temperature_AtInfinity_IsUniformOverWhatIsNotLeftOut([Values] Rows kind, [Values] bool isNegative)
    {
        foreach (var row in Make(kind))
        {
            var count = row.Count(double.IsFinite);
            double[] expected = [.. row.Select(value => double.IsFinite(value) ? 1.0 / count : 0)];

            Assert.That(Apply(row, Plain with { Temperature = isNegative ? double.NegativeInfinity : double.PositiveInfinity }),
                Is.EqualTo(expected).Within(1e-15));
        }
    }

    [Test]
    public void Temperature_AtZero_IsTheFirstGreatestAndFromBelowTheFirstLeast([Values] Rows kind)
    {
        foreach (var row in Make(kind))
        {
            var finite = row.Where(double.IsFinite).ToArray();
            Assert.That(Apply(row, Plain with { Temperature = 0.0 }), Is.EqualTo(OneHot(row.Length, Array.IndexOf(row, finite.Max()))));
            Assert.That(Apply(row, Plain with { Temperature = -0.0 }), Is.EqualTo(OneHot(row.Length, Array.IndexOf(row, finite.Min()))));
            Assert.That(Apply(row, Plain with { Temperature = 1e-320 }), Is.EqualTo(OneHot(row.Length, Array.IndexOf(row, finite.Max()))), "denormal");
        }
    }

    [Test]
    public void TopK_OfAnyRow_KeepsAllThatFewerThanKExceed([Values] Rows kind, [Values(1, 3, 100)] int k)
    {
        foreach (var row in Make(kind))
        {
            var expected = Kept(Softmax(row), token => row.Count(other => other > row[token]) < k);

            Assert.That(Apply(row, Plain with { TopK = k }), Is.EqualTo(expected).Within(1e-12));
        }
    }

    [Test]
    public void TopP_OfAnyRow_KeepsAllWhoseBettersHaveLess([Values] Rows kind, [Values(1e-9, 0.3, 0.9)] double mass)
    {
        foreach (var row in Make(kind))
        {
            var p = Softmax(row);
            var expected = Kept(p, token => p.Where(other => other > p[token]).Sum() < mass);

            Assert.That(Apply(row, Plain with { TopP = mass }), Is.EqualTo(expected).Within(1e-12));
        }
    }

    [Test]
    public void MinP_OfAnyRow_KeepsAShareOfTheLikeliest([Values] Rows kind, [Values(0.01, 0.5, 1)] double share)
    {
        foreach (var row in Make(kind))
        {
            var p = Softmax(row);
            var expected = Kept(p, token => p[token] >= share * p.Max());

            Assert.That(Apply(row, Plain with { MinP = share }), Is.EqualTo(expected).Within(1e-12));
        }
    }

    [Test]
    public void Typical_OfAnyRow_KeepsTheNearestToTheEntropy([Values] Rows kind, [Values(1e-9, 0.4, 0.9)] double mass)
    {
        foreach (var row in Make(kind))
        {
            var p = Softmax(row);
            var entropy = -p.Where(value => value > 0).Sum(value => value * Math.Log(value));
            double[] distance = [.. p.Select(value => Math.Abs(-Math.Log(value) - entropy))];
            var expected = Kept(p, token => p.Where((_, other) => distance[other] < distance[token] - 1e-12).Sum() < mass);

            Assert.That(Apply(row, Plain with { Typical = mass }), Is.EqualTo(expected).Within(1e-12));
        }
    }

    [Test]
    public void Penalties_OfSeenTokens_ChangeTheirLogitsAlone()
    {
        double[] row = [1, -2, 0.5, 3, double.NegativeInfinity];
        var history = new TokenHistory([0, 1, 1, 3, 3, 3, 4], 2); // prompt 0 1, text 1 3 3 3 4

        double[] repeated = [1 / 1.5, -2 * 1.5, 0.5, 3 / 1.5, double.NegativeInfinity];
        double[] counted = [1, -2 - 0.7 - 0.2, 0.5, 3 - 0.7 - 0.6, double.NegativeInfinity];
        Assert.That(Apply(row, Plain with { RepetitionPenalty = 1.5 }, history), Is.EqualTo(Softmax(repeated)).Within(1e-12));
        Assert.That(Apply(row, Plain with { PresencePenalty = 0.7, FrequencyPenalty = 0.2 }, history), Is.EqualTo(Softmax(counted)).Within(1e-12));
    }

    [Test]
    public void Penalties_OfABatch_AreThoseOfEachRow()
    {
        var rows = Make(Rows.Random);
        TokenHistory[] histories = [.. rows.Select((_, i) => new TokenHistory([i, i, (i + 1) % 5], 1))];
        var options = Plain with { RepetitionPenalty = 1.2, PresencePenalty = 0.3, FrequencyPenalty = 0.1 };

        var together = new LogitProcessors(options).Apply(Stack(rows), histories).softmax(-1);

        for (var i = 0; i < rows.Length; i++)
        {
            Assert.That(together.select(0, i).data<double>().ToArray(), Is.EqualTo(Apply(rows[i], options, histories[i])).Within(1e-12));
        }
    }

    [Test]
    public void Filter_OfTokens_LeavesTheAllowedWithoutTheBanned([Values(1.0, -1.0, double.PositiveInfinity, 0.0)] double temperature)
    {
        double[] row = [1, 2, 3, 4];
        var options = Plain with { AllowedTokens = [0, 1, 3], BannedTokens = [3] };

        var p = Apply(row, options with { Temperature = temperature });

        Assert.That(p[2] + p[3], Is.Zero);
        Assert.That(p[0] + p[1], Is.EqualTo(1).Within(1e-12));
    }

    [Test]
    public void Apply_WithEverything_TakesThemInTheirOrder()
    {
        var options = new SamplingOptions
        {
            BannedTokens = [2], RepetitionPenalty = 1.1, PresencePenalty = 0.1, Temperature = -2, TopK = 9, TopP = 0.95, MinP = 0.01, Typical = 0.9,
        };
        var row = Make(Rows.Random)[0];
        var history = new TokenHistory([1, 3], 1);

        string[] names = ["without 1 banned tokens", "repetition penalty 1.1", "presence penalty 0.1, frequency penalty 0", "temperature -2", "top-k 9",
            "top-p 0.95", "min-p 0.01", "typical 0.9"];
        var trace = new LogitProcessors(options).Trace(tensor(row), history);
        Assert.That(trace.Select(stage => stage.Name), Is.EqualTo(names.Prepend("model")));
        Assert.That(trace[^1].Probabilities, Is.EqualTo(Apply(row, options, history)).Within(1e-12));
        Assert.That(trace.Select(stage => stage.Probabilities.Sum()), Is.All.EqualTo(1).Within(1e-12));
    }

    [Test]
    public void Apply_OfDamagedLogits_StaysDamaged(
        [Values(double.NaN, double.PositiveInfinity)] double damage, [Values(1.0, 0.0, -0.0, -1.0, double.PositiveInfinity, 0.5)] double temperature)
    {
        var logits = tensor(new[] { 1, damage, 2.0 }).view(1, 3);

        foreach (var options in new[] { Plain, Plain with { TopK = 2 }, Plain with { TopP = 0.5 }, Plain with { MinP = 0.1 }, Plain with { Typical = 0.5 } })
        {
            Assert.That(TokenChooser.Choose(logits, [0.3], options with { Temperature = temperature }).FirstFault, Is.Zero);
        }
    }

    [Test]
    public void Apply_OfAnotherProgramsRows_GivesItsNumbers()
    {
        var golden = JsonNode.Parse(File.ReadAllText(Repository.PathOf("tests", "Sampling", "Golden", "processors.json")))!;
        var rows = Numbers(golden["logits"]!);
        foreach (var (name, expected) in golden["cases"]!.AsObject())
        {
            var value = double.Parse(name[(name.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
            var options = name[..name.LastIndexOf(' ')] switch
            {
                "temperature" => Plain with { Temperature = value },
                "top-k" => Plain with { TopK = (int)value },
                "top-p" => Plain with { TopP = value },
                "min-p" => Plain with { MinP = value },
                "typical" => Plain with { Typical = value },
                _ => Plain with { RepetitionPenalty = value },
            };
            var results = rows.Select(row => Apply(row, options, new TokenHistory([0, 1, 2], 3))).ToArray();
            Assert.That(results, Is.EqualTo(Numbers(expected!)).Within(1e-10), name);
        }
    }

    [Test]
    public void Choose_ManyDraws_FollowEveryProcessor(
        [Values("temperature", "negative", "infinite", "min-p", "typical", "penalty")] string kind)
    {
        const int NumDraws = 20_000;
        double[] row = [0, 1, 2, 0.5, -1, 1];
        var options = kind switch
        {
            "temperature" => Plain with { Temperature = 1.7 },
            "negative" => Plain with { Temperature = -1.7 },
            "infinite" => Plain with { Temperature = double.PositiveInfinity },
            "min-p" => Plain with { MinP = 0.3 },
            "typical" => Plain with { Typical = 0.7 },
            _ => Plain with { RepetitionPenalty = 2, FrequencyPenalty = 0.5 },
        };
        var history = new TokenHistory([1, 2, 2], 1);
        double[] uniforms = [.. Enumerable.Range(0, NumDraws).Select(i => CounterRandom.Uniform(7, i, 0))];
        var expected = Apply(row, options, history);

        var counts = TokenChooser
            .Choose(tensor(row).view(1, -1).expand(NumDraws, row.Length), uniforms, options, [.. Enumerable.Repeat(history, NumDraws)])
            .Tokens.CountBy(token => token).ToDictionary();

        // Five degrees of freedom at most: chi-squared exceeds 25.7 once in 10,000 times; the draws are fixed, so this either holds or does not.
        var kept = Enumerable.Range(0, row.Length).Where(token => expected[token] > 0).ToArray();
        Assert.That(counts.Keys, Is.SubsetOf(kept.Select(token => (long)token)));
        Assert.That(kept.Sum(token => Math.Pow(counts[token] - (NumDraws * expected[token]), 2) / (NumDraws * expected[token])), Is.LessThan(25.7));
    }

    private static double[] Apply(double[] row, SamplingOptions options, TokenHistory? history = null) =>
        new LogitProcessors(options).Apply(tensor(row).view(1, -1), [history ?? new TokenHistory([], 0)]).softmax(-1).data<double>().ToArray();

    private static double[] Softmax(double[] row)
    {
        var total = row.Sum(Math.Exp);
        return [.. row.Select(value => Math.Exp(value) / total)];
    }

    private static double[] Kept(double[] p, Func<int, bool> isKept)
    {
        double[] left = [.. p.Select((value, token) => isKept(token) ? value : 0)];
        return [.. left.Select(value => value / left.Sum())];
    }

    private static double[] OneHot(int length, int token) => [.. Enumerable.Range(0, length).Select(i => i == token ? 1.0 : 0)];

    private static Tensor Stack(double[][] rows) => stack([.. rows.Select(row => tensor(row))]);

    private static double[][] Numbers(JsonNode rows) =>
        [.. rows.AsArray().Select(row => row!.AsArray().Select(value => value?.GetValue<double>() ?? double.NegativeInfinity).ToArray())];

    private static double[][] Make(Rows kind)
    {
        if (kind == Rows.OneToken) return [[0], [-7.5]];
        var random = new Random(3);
        double[][] rows = [.. Enumerable.Range(0, 6).Select(_ => Enumerable.Range(0, 11).Select(_ => (random.NextDouble() * 8) - 4).ToArray())];
        foreach (var row in rows)
        {
            if (kind == Rows.Ties)
            {
                for (var i = 0; i < row.Length; i++) row[i] = Math.Round(row[i]);
            }

            if (kind == Rows.Infinities) (row[1], row[6]) = (double.NegativeInfinity, double.NegativeInfinity);
        }

        return rows;
    }
}
