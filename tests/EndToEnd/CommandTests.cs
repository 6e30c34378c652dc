using System.Text.Json.Nodes;
using Lhts.Data.Tokenizers;
using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using Lhts.Trainer;
using TorchSharp;

namespace Lhts.EndToEnd.Tests;

/// <summary>The commands beside train, on a tiny model made here.</summary>
[NonParallelizable]
public sealed class CommandTests
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
                new Gpt2Config { NumLayers = 1, NumHeads = 2, EmbeddingSize = 16, NumPositions = 1024, VocabularySize = tokenizer.VocabularySize,
                    TemperatureConditioning = conditioning },
                generator);
            Gpt2Checkpoint.Save(model, run.PathOf(name));
            tokenizer.Save(run.PathOf(name));
        }
    }

    [OneTimeTearDown]
    public void Remove() => run.Dispose();

    [Test]
    public void Score_OfTextsAndIds_KeepsTheirOrderAndAddsUp()
    {
        File.WriteAllText(run.PathOf("lines.jsonl"), "{\"ids\": [1, 2, 3, 4]}\n{\"text\": \"ab\"}\n{\"ids\": [9]}\n");
        var lines = Succeed("score", "plain", "lines.jsonl", "--logits", "logits.safetensors").Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.That(lines.Select(line => line["logProbs"]!.AsArray().Count), Is.EqualTo(new[] { 3, 2, 0 }), "a text is scored with its end-of-text");
        Assert.That(lines[0]["sum"]!.GetValue<double>(), Is.EqualTo(lines[0]["logProbs"]!.AsArray().Sum(p => p!.GetValue<double>())).Within(1e-5));
        Assert.That(lines[0]["perplexity"]!.GetValue<double>(), Is.EqualTo(Math.Exp(-lines[0]["sum"]!.GetValue<double>() / 3)).Within(1e-4));
        using var logits = SafetensorsFile.Open(run.PathOf("logits.safetensors"));
        Assert.That(logits["1"].Shape, Is.EqualTo(new long[] { 3, 257 }));
    }

    [Test]
    public void Score_OfBadLines_NamesEach()
    {
        File.WriteAllText(run.PathOf("bad.jsonl"), "{\"ids\": [1, 999]}\nnot json\n");
        Assert.That(Fail("score", "plain", "bad.jsonl"), Does.Contain("line 1").And.Contain("999").And.Contain("line 2"));
    }

    [Test]
    public void Tokenizer_TrainedOnShards_EncodesAndDecodes()
    {
        Succeed("data", "prepare", "text.txt", "--output", "shards");
        Succeed("tokenizer", "train", "shards", "--output", "bpe", "--vocabulary", "300");
        File.WriteAllText(run.PathOf("texts.jsonl"), "{\"text\": \"and the lord said ü\"}\n");
        var ids = Succeed("tokenizer", "encode", "bpe", "texts.jsonl");
        Assert.That(JsonNode.Parse(ids[0])!["ids"]!.AsArray(), Has.Count.LessThan(12), "merges were learned");
        File.WriteAllLines(run.PathOf("ids.jsonl"), ids);
        Assert.That(Succeed("tokenizer", "decode", "bpe", "ids.jsonl"), Is.EqualTo(new[] { "{\"text\":\"and the lord said ü\"}" }));
        Assert.That(Fail("tokenizer", "decode", "bpe", "lines-that-are-not-there.jsonl"), Does.Contain("lines-that-are-not-there.jsonl"));
    }

    [Test]
    public void Sample_WithASeed_RepeatsItself()
    {
        string[] arguments = ["sample", "student", "-n", "2", "--max-tokens", "5", "--prompt", "ab", "--json", "-T", "0.7"];
        var lines = Succeed(arguments);
        Assert.That(lines, Has.Length.EqualTo(2));
        Assert.That(lines[0], Does.Contain("\"text\":\"ab"));
        Assert.That(Succeed(arguments), Is.EqualTo(lines));
        Assert.That(Fail("sample", "plain", "-T", "0.7"), Does.Contain("knows no temperatures"));
        Assert.That(Fail("sample", "nowhere"), Does.Contain("'nowhere'"));
    }

    [Test]
    public void Sample_WithAFileOfPrompts_AnswersEachInItsOrder()
    {
        File.WriteAllText(run.PathOf("prompts.jsonl"), "{\"prompt\": \"ab\", \"id\": \"x\"}\n\n{\"prompt\": \"\"}\n");
        var lines = Succeed("sample", "plain", "--prompts", "prompts.jsonl", "-n", "2", "--max-tokens", "4", "--batch", "3")
            .Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.That(lines.Select(line => line["id"]!.ToJsonString()), Is.EqualTo(new[] { "\"x\"", "\"x\"", "3", "3" }));
        Assert.That(lines.Select(line => line["prompt"]!.GetValue<string>()), Is.EqualTo(new[] { "ab", "ab", "", "" }));
        int[] lengths = [.. lines.Select(line => line["ids"]!.AsArray().Count)];
        Assert.That(lengths[..2], Is.All.InRange(4, 7), "end-of-text, two of the prompt, one to four new ones");
        Assert.That(lengths[2..], Is.All.InRange(2, 5));
        Assert.That(lines.Select(line => line["logProb"]!.GetValue<double>()), Is.All.Negative);
        File.WriteAllText(run.PathOf("bad-prompts.jsonl"), "{\"prompt\": 1}\n{\"prompt\": \"a\"}\n{\"text\": \"a\"}\n");
        Assert.That(Fail("sample", "plain", "--prompts", "bad-prompts.jsonl"),
            Does.Contain("line 1 is not").And.Contain("line 3 is not").And.Not.Contain("line 2"));
    }

    [Test]
    public void Sample_ByPowerSmc_GivesTextsWithLogZAndItsCost()
    {
        string[] arguments =
            ["sample", "plain", "--method", "power-smc", "-T", "0.8", "--particles", "8", "--runs", "2", "--fixed-length", "--max-tokens", "3", "-n", "2"];
        var json = JsonNode.Parse(Succeed([.. arguments, "--json"]).Single())!;
        Assert.That(json["texts"]!.AsArray().Select(text => text!["ids"]!.AsArray().Count), Is.EqualTo(new[] { 4, 4 }));
        Assert.That(json["logZ"]!.GetValue<double>(), Is.Negative, "below T = 1 the powers of the texts sum to less than one");
        Assert.That(json["logZError"]!.GetValue<double>(), Is.Positive);
        Assert.That(json["numTeacherTokens"]!.GetValue<int>(), Is.EqualTo(2 * (1 + (8 * 2))));
        Assert.That(string.Join('\n', Succeed(arguments)),
            Does.Contain("log Z at T 0.8: -").And.Contain("effective sample size").And.Contain("34 tokens through the teacher"));
        Assert.That(Fail("sample", "plain", "--method", "power-smc", "--top-k", "3"),
            Does.Contain("needs a temperature").And.Contain("--top-k is not for --method power-smc"));
        Assert.That(Fail("sample", "plain", "--method", "power-smc", "-T", "-1"), Does.Contain("temperature is -1"));
        Assert.That(Fail("sample", "plain", "--method", "power-smc", "-T", "0.8", "--particles", "0"), Does.Contain("--particles is 0, but must be from 2"));
        Assert.That(Fail("sample", "plain", "--method", "annealing"), Does.Contain("known ones: plain, power-smc"));
    }

    [Test]
    public void Sample_OnADeviceThatIsNotThere_SaysSo() =>
        Assert.That(Fail("sample", "plain", "--device", "gpu"), Does.Contain("--device is 'gpu', but must be cpu, cuda"));

    [Test]
    public void Task_OfWordAnalogies_HasRowsOfBothKindsForEachModel()
    {
        var pairs = Enumerable.Range(0, 8).Select(i => $"k{i} v{i}").ToArray();
        File.WriteAllLines(run.PathOf("questions.txt"), [": letters", .. pairs.SelectMany(a => pairs.Where(b => b != a).Select(b => $"{a} {b}"))]);
        var output = string.Join('\n', Succeed(
            "evaluate", "task", "plain", "student", "-q", "questions.txt", "--questions", "2", "-n", "2", "-m", "1"));
        Assert.That(output, Does.StartWith("questions.txt, checked by choice").And.Contain("distinct").And.Contain("duplicate"));
        Assert.That(output, Does.Contain("student myopic tau 1").And.Contain("plain greedy - student greedy (duplicate)"));
    }

    [Test]
    public void Validate_OfARecipe_PrintsEveryValue() =>
        Assert.That(string.Join('\n', Succeed("validate", "recipe.yaml")), Does.Contain("name: tiny").And.Contain("beta: 0.05").And.Contain("is valid"));

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
