using Lhts.Sampling;

namespace Lhts.Evaluation.Tests;

/// <summary>The table of likelihood against diversity.</summary>
public sealed class TradeOffTableTests
{
    private static readonly SampledSequence[] Samples =
    [
        new([9, 0, 1, 0, 1], 1, false),
        new([9, 1, 2], 1, true),
    ];

    private static readonly ScoredSequence[] Scores = [new([-1, -2, -1, -2]), new([-3, -1])];

    [Test]
    public void Measure_OfSamples_CountsGeneratedTokensOnly()
    {
        var row = TradeOffRow.Measure(SampleSource.Student, new SamplingOptions { LongHorizonTemperature = 0.5, Temperature = 0.9 }, Samples, Scores);

        Assert.That((row.NumSamples, row.LongHorizonTemperature, row.MyopicTemperature), Is.EqualTo((2, (double?)0.5, 0.9)));
        Assert.That(row.Likelihood.NumTokens, Is.EqualTo(6));
        Assert.That(row.Likelihood.PerToken, Is.EqualTo(-10.0 / 6).Within(1e-12));
        Assert.That(row.Diversity.Distinct[0], Is.EqualTo(0.5));
    }

    [Test]
    public void Measure_OfSamplesWithLongerPrompts_SkipsTheirLogProbs()
    {
        var row = TradeOffRow.Measure(SampleSource.Teacher, new SamplingOptions(), [new([1, 2, 3, 4], 3, false)], [new ScoredSequence([-100, -100, -5])]);

        Assert.That((row.Likelihood.NumTokens, row.Likelihood.PerToken), Is.EqualTo((1L, -5.0)));
    }

    [Test]
    public void Measure_OfScoresThatDoNotBelong_IsRefused()
    {
        var options = new SamplingOptions();
        Assert.That(() => TradeOffRow.Measure(SampleSource.Teacher, options, Samples, [Scores[0]]),
            Throws.ArgumentException.With.Message.Contains("1 scores were given for 2 samples"));
        Assert.That(() => TradeOffRow.Measure(SampleSource.Teacher, options, Samples, [Scores[1], Scores[0]]),
            Throws.ArgumentException.With.Message.Contains("A sample of 5 tokens was given 2 log-probabilities"));
    }

    [TestCase(300, "length")]
    [TestCase(120, "distinct-2")]
    [TestCase(79, "effective T")]
    [TestCase(40, "log p/token")]
    public void ToText_InATerminal_LeavesOutWhatDoesNotFit(int width, string last)
    {
        var lines = Table.ToText(width).Split('\n');
        Assert.That(lines.Max(line => line.Length), Is.LessThanOrEqualTo(width));
        Assert.That(lines[0], Does.Contain("T  myopic T").And.Contain("log p/token").And.EndsWith(last));
        Assert.That(lines, Has.Length.EqualTo(Table.Rows.Count + 3), "header, rule and the end");
    }

    [Test]
    public void ToText_InATerminalThatIsTooNarrow_KeepsWhatMatters() =>
        Assert.That(Table.ToText(10).Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo("source T myopic T log p/token".Split(' ')));

    [Test]
    public void ToText_OfTwoRows_IsAligned()
    {
        const string Expected =
            """
            source     T  myopic T  samples  log p/token  ± s.e.  entropy/token    free energy          gain  best myopic  effective T    ± T  distinct-1  distinct-2  distinct-3  distinct-4  token distinct-2  seq-rep-4  entropy-4  self-BLEU  words  length
            -------  ---  --------  -------  -----------  ------  -------------  -------------  ------------  -----------  -----------  -----  ----------  ----------  ----------  ----------  ----------------  ---------  ---------  ---------  -----  ------
            teacher    -       1.0        2       -1.667   0.222              -              -             -            -            -      -       0.500       0.750       1.000       1.000                 -      0.000       0.00      0.068    3.0     3.0
            student  0.5       0.0        2       -1.667   0.222  0.750 ± 0.063  -12.50 ± 0.25  +1.50 ± 0.38         0.38        0.625  0.125       0.500       0.750       1.000       1.000             0.750      0.000       0.00      0.068    3.0     3.0

            """;

        Assert.That(Table.ToText().ReplaceLineEndings("\n"), Is.EqualTo(Expected.ReplaceLineEndings("\n")));
    }

    [Test]
    public void ToText_In120Columns_ShowsTheGain() => Assert.That(
        Table.ToText(120).Split('\n')[0],
        Does.Contain("entropy/token").And.Contain("free energy").And.Contain("gain").And.Contain("best myopic").And.Contain("effective T"));

    [Test]
    public void FromJson_OfToJson_IsTheSameTable()
    {
        var read = TradeOffTable.FromJson(Table.ToJson());

        Assert.That(read.ToText(), Is.EqualTo(Table.ToText()));
        Assert.That(read.Rows[1].Likelihood, Is.EqualTo(Table.Rows[1].Likelihood));
        Assert.That((read.Rows[1].Entropy, read.Rows[1].FreeEnergy, read.Rows[1].Gain),
            Is.EqualTo((Table.Rows[1].Entropy, Table.Rows[1].FreeEnergy, Table.Rows[1].Gain)));
        Assert.That(Table.ToJson(), Does.Contain("\"source\": \"student\"").And.Contain("\"longHorizonTemperature\": 0.5"));
    }

    [Test]
    public void ToJson_OfFiguresWithoutAValue_CanBeRead()
    {
        var empty = new TradeOffTable([TradeOffRow.Measure(SampleSource.Teacher, new SamplingOptions(), [], [])]);

        Assert.That(TradeOffTable.FromJson(empty.ToJson()).Rows[0].Likelihood.PerToken, Is.NaN);
        Assert.That(empty.ToText(), Does.Contain(" - "));
    }

    private static TradeOffTable Table => new(
    [
        TradeOffRow.Measure(SampleSource.Teacher, new SamplingOptions(), Samples, Scores),
        TradeOffRow.Measure(SampleSource.Student, new SamplingOptions { LongHorizonTemperature = 0.5, Temperature = 0 }, Samples, Scores) with
        {
            EffectiveTemperature = new(0.625, 0.125),
            Entropy = new(0.75, 0.0625, 2.25, 0.1875),
            FreeEnergy = new(-12.5, 0.25),
            Gain = new(1.5, 0.375),
            BestMyopicTemperature = 0.38,
            TokenDistinct = [0.5, 0.75, 1, 1],
        },
    ]);
}
