using System.Text.Json.Nodes;
using Lhts.Data.Tokenizers;
using Lhts.Models.Gpt;
using Lhts.Trainer;
using TorchSharp;

namespace Lhts.EndToEnd.Tests;

/// <summary>The commands about temperature, on a tiny model made here.</summary>
[NonParallelizable]
public sealed class TemperatureTests
{
    private TinyRun run = null!;

    [OneTimeSetUp]
    public void Make()
    {
        run = new TinyRun();
        var tokenizer = new ByteTokenizer();
        foreach (var (name, conditioning) in new[] { ("plain", TemperatureConditioning.None), ("student", TemperatureConditioning.EveryPosition) })
        {
            using var generator = new torch.Generator(7);
            using var model = new Gpt2(
                new Gpt2Config { NumLayers = 1, NumHeads = 2, EmbeddingSize = 16, NumPositions = 128, VocabularySize = tokenizer.VocabularySize,
                    InitializerRange = 0.5, TemperatureConditioning = conditioning },
                generator);
            Gpt2Checkpoint.Save(model, run.PathOf(name));
            tokenizer.Save(run.PathOf(name));
        }
    }

    [OneTimeTearDown]
    public void Remove() => run.Dispose();

    [Test]
    public void Sample_OnTheWholeRealLine_GivesTexts()
    {
        foreach (var temperature in new[] { "0", "-0", "infinity", "-infinity", "-0.5", "1e5" })
        {
            Assert.That(Succeed("sample", "plain", "--temperature", temperature, "-n", "2", "--max-tokens", "5", "--json"), Has.Length.EqualTo(2));
        }

        string[] Greedy(string seed) => Succeed("sample", "plain", "--temperature", "-0", "-n", "1", "--max-tokens", "5", "--seed", seed, "--json");
        Assert.That(Greedy("1"), Is.EqualTo(Greedy("2")), "the least likely tokens leave nothing to chance");
    }

    [Test]
    public void Sample_WithTokensAllowedAndAStopString_HasOnlyThoseAndEndsBeforeIt()
    {
        string[] arguments =
            ["sample", "plain", "--allow", "regex:[a-d]", "--ban", "text:d", "--temperature", "infinity", "--stop", "ab", "-n", "30", "--json"];
        var lines = Succeed(arguments).Select(line => JsonNode.Parse(line)!).ToArray();

        Assert.That(lines.Select(line => line["text"]!.GetValue<string>()), Is.All.Match("^[abc]*$").And.All.Not.Contain("ab"));
        Assert.That(lines.Select(line => line["stopped"]!.GetValue<bool>()), Does.Contain(true));
        var shown = string.Join('\n', Succeed([.. arguments[..^1]]));
        foreach (var line in lines) Assert.That(shown, Does.Contain(line["text"]!.GetValue<string>()), "what is shown while it grows is the same");
    }

    [Test]
    public void Sample_AsTexts_ShowsThemInTheirOrder()
    {
        var json = Succeed("sample", "plain", "-n", "3", "--max-tokens", "6", "--allow", "regex:[a-z]", "--prompt", "go ", "--json");
        var shown = string.Join('\n', Succeed("sample", "plain", "-n", "3", "--max-tokens", "6", "--allow", "regex:[a-z]", "--prompt", "go ", "--batch", "2"));

        Assert.That(shown, Is.EqualTo(string.Join('\n', json.Select((line, i) => $"--- {i + 1}\n{JsonNode.Parse(line)!["text"]}"))));
    }

    [Test]
    public void Sample_WithATemperatureForEachPrompt_EqualsEachAlone()
    {
        File.WriteAllText(run.PathOf("own.jsonl"),
            "{\"prompt\": \"ab\", \"longHorizonTemperature\": 0.4}\n{\"prompt\": \"ab\"}\n");
        string[] rest = ["-n", "1", "--max-tokens", "12", "--json"];

        var together = Succeed(["sample", "student", "--prompts", "own.jsonl", "-T", "2", .. rest]).Select(line => JsonNode.Parse(line)!).ToArray();
        var alone = JsonNode.Parse(Succeed(["sample", "student", "--prompt", "ab", "-T", "0.4", .. rest]).Single())!;

        Assert.That(together[0]["text"]!.GetValue<string>(), Is.EqualTo(alone["text"]!.GetValue<string>()));
        Assert.That(together[0]["longHorizonTemperature"]!.GetValue<double>(), Is.EqualTo(0.4));
        Assert.That(Fail("sample", "plain", "--prompts", "own.jsonl"), Does.Contain("the model knows no temperatures"));
    }

    [Test]
    public void Sample_Explained_ShowsEachStep()
    {
        var shown = string.Join('\n', Succeed("sample", "plain", "--explain", "--temperature", "0.5", "--top-k", "3", "--ban", "text:a"));

        Assert.That(shown, Does.Match("(?s)0\\. model: 257 tokens.*1\\. without 1 banned tokens: 256 tokens.*2\\. temperature 0\\.5.*3\\. top-k 3: 3 tokens"));
    }

    [Test]
    public void Sample_ByPowerMh_GivesTextsWithBoundsAndItsCost()
    {
        string[] arguments = ["sample", "plain", "--method", "power-mh", "-T", "0.8", "--steps", "3", "--block", "2", "--fixed-length", "--max-tokens", "4",
            "-n", "3"];
        var json = JsonNode.Parse(Succeed([.. arguments, "--json"]).Single())!;

        Assert.That(json["texts"]!.AsArray().Select(text => text!["ids"]!.AsArray().Count), Is.EqualTo(new[] { 5, 5, 5 }));
        Assert.That(json["acceptanceRate"]!.GetValue<double>(), Is.InRange(0, 1));
        Assert.That(json["numStates"]!.GetValue<int>(), Is.EqualTo(9));
        Assert.That(string.Join('\n', Succeed(arguments)),
            Does.Contain("log Z at T 0.8").And.Contain("acceptance rate").And.Contain("tokens through the model"));
        Assert.That(Fail("sample", "plain", "--method", "power-mh", "--particles", "3", "--top-p", "0.5"),
            Does.Contain("--particles is not for --method power-mh").And.Contain("--top-p is not for").And.Contain("needs a temperature"));
    }

    [TestCase("--temperature NaN", "--temperature is 'NaN'")]
    [TestCase("--top-p 0", "top-p is 0; it must be above 0")]
    [TestCase("--allow regex:qqq+", "matches none of the model's tokens")]
    [TestCase("--allow text:a --ban text:a --ban ids:256", "no token is left")]
    [TestCase("--schedule spiral:1,2", "There is no schedule 'spiral'")]
    [TestCase("--schedule step:1,0", "takes every 0 tokens")]
    [TestCase("--repetition-penalty 0", "repetition penalty is 0")]
    [TestCase("--explain --min-p 2", "min-p is 2")]
    public void Sample_WithBadInput_IsOneClearMessage(string options, string message) =>
        Assert.That(Fail(["sample", "plain", .. options.Split(' ')]), Does.Contain(message));

    [Test]
    public void Temperature_OfSampledTexts_IsTheirsAndHasACurve()
    {
        File.WriteAllLines(run.PathOf("texts.jsonl"), Succeed("sample", "plain", "--temperature", "2", "-n", "8", "--max-tokens", "100", "--json"));

        var lines = Succeed("temperature", "plain", "texts.jsonl", "--json", "--html", "texts.html").Select(line => JsonNode.Parse(line)!).ToArray();

        Assert.That(lines, Has.Length.EqualTo(9));
        var (temperature, error) = (lines[^1]["temperature"]!.GetValue<double>(), lines[^1]["standardError"]!.GetValue<double>());
        Assert.That(temperature, Is.EqualTo(2).Within(3 * error));
        Assert.That(lines[^1]["curve"]!.AsArray(), Has.Count.EqualTo(17));
        Assert.That(File.ReadAllText(run.PathOf("texts.html")), Does.Contain("<svg").And.Contain("Perplexity over temperature"));
        Assert.That(string.Join('\n', Succeed("temperature", "plain", "texts.jsonl")), Does.Contain("all together").And.Contain("95 % interval"));
        Assert.That(string.Join('\n', Succeed("temperature", "plain", "texts.jsonl", "--against", "plain")), Does.Contain("1.0000"));
        Assert.That(Fail("temperature", "plain", "none.jsonl"), Does.Contain("none.jsonl"));
        Assert.That(Fail("temperature", "plain", "texts.jsonl", "-T", "0.5"), Does.Contain("knows no temperatures"));
    }

    [Test]
    public void Entropy_OfLogitsAndOfAModel_HasItsLimits()
    {
        var lines = Succeed("entropy", "--logits", "1", "3", "-2", "3", "0", "--html", "entropy.html");
        Assert.That(lines[1], Does.Match("^0 +0\\.693147 +3\\.000000 +0\\.000000"), "two likeliest");
        Assert.That(lines.Single(line => line.StartsWith("inf ", StringComparison.Ordinal)), Does.Contain("1.609438"));
        Assert.That(lines[^1], Does.Match("^-0 +0\\.000000 +-2\\.000000"));
        Assert.That(File.ReadAllText(run.PathOf("entropy.html")), Does.Contain("negative temperatures"));
        Assert.That(Succeed("entropy", "plain", "--prompt", "ab", "-t", "1", "-1"), Has.Length.EqualTo(3));
        Assert.That(Fail("entropy"), Does.Contain("either a model or --logits"));
        Assert.That(Fail("entropy", "--logits", "1", "inf"), Does.Contain("Logits must be numbers"));
    }

    [Test]
    public void Calibrate_OfAFileAndOfAModel_ComparesBeforeAndAfter()
    {
        var random = new Random(1);
        File.WriteAllLines(run.PathOf("rows.csv"), Enumerable.Range(0, 200).Select(_ =>
        {
            var label = random.Next(3);
            // The right one is the greatest in three of five, by far too much.
            return $"{label},{string.Join(',', Enumerable.Range(0, 3).Select(i => i == (random.NextDouble() < 0.6 ? label : random.Next(3)) ? 6 : 0))}";
        }).Prepend("label,a,b,c"));
        var shown = string.Join('\n', Succeed("calibrate", "rows.csv", "--html", "reliability.html"));
        Assert.That(shown, Does.Contain("calibration error (ECE)").And.Contain("Brier").And.Contain("fitted on 100 predictions"));
        Assert.That(File.ReadAllText(run.PathOf("reliability.html")), Does.Contain("Reliability"));
        Assert.That(Fail("calibrate", "rows.csv", "--label-column", "y"), Does.Contain("has no column 'y'"));

        File.WriteAllLines(run.PathOf("held-out.jsonl"), Succeed("sample", "plain", "-n", "8", "--max-tokens", "50", "--json"));
        Assert.That(string.Join('\n', Succeed("calibrate", "held-out.jsonl", "--model", "plain")), Does.Contain("NLL, nats"));
    }

    [Test]
    public void Ablation_OfATask_HasARowForEachTemperature()
    {
        File.WriteAllText(
            run.PathOf("task.jsonl"), "{\"prompt\": \"a\", \"answer\": \"b\", \"choices\": [\"b\", \"c\"]}\n{\"prompt\": \"b\", \"answer\": \"c\"}\n");
        string[] arguments =
            ["evaluate", "ablation", "plain", "student", "--task", "task.jsonl", "-t", "0", "1", "infinity", "-1", "-n", "2", "--max-tokens", "2"];

        Assert.That(Succeed(arguments), Has.Length.EqualTo(1 + (2 * 4)));
        var json = Succeed([.. arguments, "--json", "--html", "ablation.html"]).Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.That(json.Select(line => line["accuracy"]!.GetValue<double>()), Is.All.InRange(0, 1));
        Assert.That(File.ReadAllText(run.PathOf("ablation.html")), Does.Contain("Accuracy against temperature"));
        Assert.That(Fail("evaluate", "ablation", "plain", "--task", "task.jsonl", "-T", "0.5"), Does.Contain("knows no temperatures"));
        Assert.That(Fail("evaluate", "ablation", "plain", "--task", "task.jsonl", "--checker", "guess"), Does.Contain("There is no checker 'guess'"));
    }

    [Test]
    public void Anomalous_OfAModel_ListsTheNearestToTheMean()
    {
        var lines = Succeed("tokens", "anomalous", "plain", "-n", "3", "--json").Select(line => JsonNode.Parse(line)!).ToArray();

        Assert.That(lines.Select(line => line["distance"]!.GetValue<double>()), Is.Ordered.And.Exactly(3).Items);
        Assert.That(string.Join('\n', Succeed("tokens", "anomalous", "plain", "--prompt", "say {}: ")), Does.Contain("at random"));
        Assert.That(Fail("tokens", "anomalous", "plain", "--prompt", "say it"), Does.Contain("must hold {}"));
    }

    private string[] Succeed(params string[] arguments)
    {
        var result = run.Run(arguments);
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private string Fail(params string[] arguments)
    {
        var result = run.Run(arguments);
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.BadInput), result.Errors);
        Assert.That(result.Errors, Does.Not.Contain("   at "));
        return result.Errors;
    }
}
