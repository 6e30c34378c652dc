using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests.Gpt;

/// <summary>Model folders in Hugging Face's layout.</summary>
public sealed class Gpt2CheckpointTests : TensorTest
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void SetUp() => folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => folder.Dispose();

    [Test]
    public void Save_AfterLoad_GivesTheSameFile()
    {
        using var model = Reference.Load("teacher");

        Gpt2Checkpoint.Save(model, folder.PathOf("copy"));

        Assert.That(File.ReadAllBytes(Weights("copy")), Is.EqualTo(File.ReadAllBytes(Reference.PathOf("tiny.teacher.safetensors"))));
    }

    [TestCase(TemperatureConditioning.None)]
    [TestCase(TemperatureConditioning.EveryPosition)]
    [TestCase(TemperatureConditioning.Prefix)]
    [TestCase(TemperatureConditioning.LayerNorms)]
    [TestCase(TemperatureConditioning.Weights)]
    public void Load_AfterSave_IsBitwiseEqual(TemperatureConditioning conditioning)
    {
        using var model = new Gpt2(TinyConfig with { TemperatureConditioning = conditioning }, new Generator(1));
        Gpt2Checkpoint.Save(model, folder.PathOf("a"));

        using var loaded = Gpt2Checkpoint.Load(folder.PathOf("a"));

        Assert.That(loaded.Config with { OtherKeys = null }, Is.EqualTo(model.Config));
        foreach (var ((name, actual), (_, expected)) in loaded.named_parameters().Zip(model.named_parameters())) TensorAssert.AreSame(actual, expected, name);
    }

    [Test]
    public void Load_NamesOfTheHub_WithBuffersAndOutputLayer_GivesTheSameModel()
    {
        WriteTeacher("hub", name => name[Gpt2Tensors.Prefix.Length..], tensors =>
        {
            tensors["h.0.attn.bias"] = ones([1, 1, 32, 32]);
            tensors["h.1.attn.masked_bias"] = tensor(-10000f);
            tensors["lm_head.weight"] = tensors["wte.weight"];
        });
        using var expected = Reference.Load("teacher");

        using var loaded = Gpt2Checkpoint.Load(folder.PathOf("hub"));

        foreach (var ((name, actual), (_, value)) in loaded.named_parameters().Zip(expected.named_parameters())) TensorAssert.AreSame(actual, value, name);
    }

    [TestCase(ScalarType.Float16)]
    [TestCase(ScalarType.BFloat16)]
    public void Load_HalfPrecision_Widens(ScalarType dtype)
    {
        WriteTeacher("half", name => name, tensors =>
        {
            foreach (var name in tensors.Keys) tensors[name] = tensors[name].to(dtype);
        });
        using var full = Reference.Load("teacher");

        using var loaded = Gpt2Checkpoint.Load(folder.PathOf("half"));

        foreach (var ((name, actual), (_, value)) in loaded.named_parameters().Zip(full.named_parameters()))
        {
            TensorAssert.AreSame(actual, value.detach().to(dtype).to(ScalarType.Float32), name);
        }
    }

    [Test]
    public void Load_WithManyFaults_ListsAllByName()
    {
        WriteTeacher("bad", name => name, tensors =>
        {
            tensors.Remove("transformer.ln_f.bias");
            tensors.Remove("transformer.h.1.mlp.c_fc.weight");
            tensors["transformer.h.2.ln_1.weight"] = ones(32);
            tensors["transformer.wpe.weight"] = ones(16, 32);
            tensors["transformer.ln_f.weight"] = ones([32], ScalarType.Float64);
            tensors["wte.weight"] = ones(97, 32);
            tensors["lm_head.weight"] = ones(97, 32) * 2;
            tensors["lhts.temperature.weight"] = ones(32);
        });

        var exception = Assert.Throws<InvalidDataException>(() => Gpt2Checkpoint.Load(folder.PathOf("bad")));

        string[] faults =
        [
            "missing: 'transformer.ln_f.bias' [32]", "missing: 'transformer.h.1.mlp.c_fc.weight' [32, 128]", "unexpected: 'transformer.h.2.ln_1.weight'",
            "mis-shaped: 'transformer.wpe.weight' is [16, 32], needed [32, 32]", "of another type: 'transformer.ln_f.weight' is F64, needed F32, F16 or BF16",
            "twice:", "untied: 'lm_head.weight' differs from", "unexpected: 'lhts.temperature.weight'",
        ];
        foreach (var fault in faults) Assert.That(exception!.Message, Does.Contain(fault));
        Assert.That(exception!.Message.Split('\n'), Has.Length.EqualTo(faults.Length + 1));
    }

    [TestCase(ScalarType.Float32, double.NaN)]
    [TestCase(ScalarType.Float32, double.NegativeInfinity)]
    [TestCase(ScalarType.Float16, double.PositiveInfinity)]
    [TestCase(ScalarType.BFloat16, double.NaN)]
    public void Load_AWeightThatIsNotFinite_NamesTensorAndFile(ScalarType dtype, double value)
    {
        WriteTeacher("nan", name => name, tensors =>
        {
            var weight = tensors["transformer.h.1.mlp.c_fc.weight"].to(dtype);
            weight[17, 5] = tensor(value).to(dtype);
            tensors["transformer.h.1.mlp.c_fc.weight"] = weight;
        });

        var exception = Assert.Throws<InvalidDataException>(() => Gpt2Checkpoint.Load(folder.PathOf("nan")));

        Assert.That(exception!.Message, Does.Contain($"'{Weights("nan")}'").And.Contain("'transformer.h.1.mlp.c_fc.weight'")
            .And.Contain("NaN or infinite").And.Contain($"element {(17 * 128) + 5} of [32, 128]"));
    }

    [Test]
    public void Load_FolderWithoutWeights_SaysWhatIsNeeded()
    {
        Directory.CreateDirectory(folder.PathOf("empty"));
        File.Copy(Reference.PathOf(Reference.Config), Path.Combine(folder.PathOf("empty"), "config.json"));

        var exception = Assert.Throws<FileNotFoundException>(() => Gpt2Checkpoint.Load(folder.PathOf("empty")));

        Assert.That(exception!.Message, Does.Contain("model.safetensors").And.Contain("model.safetensors.index.json"));
    }

    [Test]
    public void Shapes_OfConfiguration_AreThoseOfTheModel([Values] TemperatureConditioning conditioning)
    {
        using var model = new Gpt2(TinyConfig with { TemperatureConditioning = conditioning });

        var actual = model.named_parameters().Select(pair => (pair.Item1, TensorEntry.FormatShape(pair.Item2.shape)));

        Assert.That(Gpt2Tensors.Shapes(model.Config).Select(pair => (pair.Name, TensorEntry.FormatShape(pair.Shape))), Is.EquivalentTo(actual));
    }

    private static Gpt2Config TinyConfig { get; } = new()
    {
        NumLayers = 2, EmbeddingSize = 16, NumHeads = 2, VocabularySize = 11, NumPositions = 12, InnerSize = 24, EndOfText = 10,
    };

    private string Weights(string name) => Path.Combine(folder.PathOf(name), "model.safetensors");

    private void WriteTeacher(string name, Func<string, string> rename, Action<Dictionary<string, Tensor>> change)
    {
        Reference.MakeFolder(folder.PathOf(name), "teacher");
        Dictionary<string, Tensor> tensors;
        using (var file = SafetensorsFile.Open(Weights(name))) tensors = file.Tensors.ToDictionary(entry => rename(entry.Name), entry => file.Read(entry.Name));
        change(tensors);
        SafetensorsFile.Write(Weights(name), tensors);
    }
}
