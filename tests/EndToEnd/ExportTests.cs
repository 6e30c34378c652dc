using Lhts.Data.Tokenizers;
using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using Lhts.Trainer;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.EndToEnd.Tests;

/// <summary><c>lhts export</c>: one temperature of a student as a plain GPT-2 folder.</summary>
[NonParallelizable]
public sealed class ExportTests
{
    private static readonly long[] Tokens = [1, 2, 3, 4, 5, 6];

    private TinyRun run = null!;

    [OneTimeSetUp]
    public void Make() => run = new TinyRun();

    [OneTimeTearDown]
    public void Remove() => run.Dispose();

    [TestCase(TemperatureConditioning.EveryPosition)]
    [TestCase(TemperatureConditioning.LayerNorms)]
    [TestCase(TemperatureConditioning.Weights)]
    public void Export_OfAStudentOfSeveralTemperatures_HasItsLogits(TemperatureConditioning conditioning)
    {
        var expected = MakeStudent("student-" + conditioning, conditioning, (0.5, 1));

        Succeed("export", "student-" + conditioning, "-T", "0.7", "-o", "plain-" + conditioning);

        Assert.That(Differences(expected, LogitsOf("plain-" + conditioning, 1)), Is.All.LessThan(1e-5));
        using var file = SafetensorsFile.Open(run.PathOf("plain-" + conditioning, "model.safetensors"));
        Assert.That(file.Tensors.Select(tensor => tensor.Name), Is.All.StartsWith("transformer."));
        Assert.That(File.ReadAllText(run.PathOf("plain-" + conditioning, "tokenizer.json")),
            Is.EqualTo(File.ReadAllText(run.PathOf("student-" + conditioning, "tokenizer.json"))));
    }

    [Test]
    public void Export_OfARunsStudentOfOneTemperature_NeedsNoTemperature()
    {
        var expected = MakeStudent(Path.Combine("run", "student", "model"), TemperatureConditioning.None, (0.7, 0.7));

        var output = Succeed("export", "run", "-o", "plain-one");

        Assert.That(output.Output, Does.Contain("T = 0.7"));
        Assert.That(Differences(expected, LogitsOf("plain-one", 1)), Is.All.LessThan(1e-5));
        Assert.That(Fail("export", "run", "-T", "0.8", "-o", "plain-other"), Does.Contain("has one temperature, T = 0.7"));
        Assert.That(Directory.Exists(run.PathOf("plain-other")), Is.False);
    }

    [Test]
    public void Export_OfAStudentWithAPrefix_IsRefused()
    {
        MakeStudent("prefix", TemperatureConditioning.Prefix, (0.5, 1));
        Assert.That(Fail("export", "prefix", "-T", "0.7", "-o", "plain-prefix"), Does.Contain("prefix").And.Contain("student.conditioning"));
    }

    [Test]
    public void Export_IntoAFolderWithFiles_IsRefusedBeforeAnyWork()
    {
        MakeStudent("into", TemperatureConditioning.Weights, (0.5, 1));
        Directory.CreateDirectory(run.PathOf("full"));
        File.WriteAllText(run.PathOf("full", "mine.txt"), "mine");

        Assert.That(Fail("export", "into", "-T", "0.7", "-o", "full"), Does.Contain("'full' is not empty"));
        Assert.That(Fail("export", "into", "-T", "0.7", "-o", "recipe.yaml"), Does.Contain("'recipe.yaml' is a file"));
        Assert.That(Fail("export", "into", "-o", "plain-into"), Does.Contain("several temperatures").And.Contain("--long-horizon-temperature"));
        Assert.That(Fail("export", "into", "-T", "-1", "-o", "plain-into"), Does.Contain("must be a number above 0"));
        Assert.That(Directory.GetFileSystemEntries(run.PathOf("full")), Has.Length.EqualTo(1));
    }

    [Test]
    public void Export_OfAStudentThatNeverDrawsSomeTokens_SaysThatOthersMay()
    {
        MakeStudent("banned", TemperatureConditioning.Weights, (0.5, 1), banned: [9, 256]);
        var result = Succeed("export", "banned", "-T", "2", "-o", "plain-banned");
        Assert.That(result.Errors, Does.Contain("2 tokens are never predicted here").And.Contain("extrapolation"));
        Assert.That(File.ReadAllText(run.PathOf("plain-banned", "config.json")), Does.Contain("lhts_banned_tokens"));
    }

    /// <summary>A student that has learned something, saved with its tokenizer; gives its logits at 0.7.</summary>
    private float[] MakeStudent(string name, TemperatureConditioning conditioning, (double Lowest, double Highest) trainedAt, int[]? banned = null)
    {
        var tokenizer = new ByteTokenizer();
        var config = new Gpt2Config
        {
            NumLayers = 1, NumHeads = 2, EmbeddingSize = 16, NumPositions = 64, VocabularySize = tokenizer.VocabularySize, InitializerRange = 0.2,
            BannedTokens = banned,
        };
        using (var generator = new Generator(7))
        using (var teacher = new Gpt2(config, generator))
        using (var student = Gpt2Student.From(teacher, conditioning, trainedAt, new() { OutputTemperatures = [new(0.5, 0.4), new(1, 1)] }))
        {
            using var noGrad = no_grad();
            foreach (var (parameter, value) in student.named_parameters())
            {
                if (!teacher.named_parameters().Any(pair => pair.Item1 == parameter)) value.normal_(0, 0.05, generator);
            }

            Gpt2Checkpoint.Save(student, run.PathOf(name));
        }

        tokenizer.Save(run.PathOf(name));
        return LogitsOf(name, 0.7);
    }

    private float[] LogitsOf(string name, double temperature)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = Gpt2Checkpoint.Load(run.PathOf(name));
        model.eval();
        model.SetTemperature(temperature);
        var temperatures = model.Config.TemperatureConditioning == TemperatureConditioning.None ? null : full([1], temperature, ScalarType.Float32);
        return model.Logits(model.Hidden(tensor(Tokens).unsqueeze(0), temperatures)).data<float>().ToArray();
    }

    private static IEnumerable<float> Differences(float[] left, float[] right) => left.Zip(right, (one, other) => Math.Abs(one - other));

    private LhtsResult Succeed(params string[] arguments)
    {
        var result = run.Run(arguments);
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Done), result.Errors);
        return result;
    }

    private string Fail(params string[] arguments)
    {
        var result = run.Run(arguments);
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.BadInput), result.Errors);
        Assert.That(result.Errors, Does.Not.Contain("   at "));
        return result.Errors;
    }
}
