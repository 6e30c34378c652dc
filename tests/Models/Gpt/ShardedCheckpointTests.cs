using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests.Gpt;

/// <summary>Models whose tensors lie in several files.</summary>
public sealed class ShardedCheckpointTests : TensorTest
{
    private const string First = "model-00001-of-00002.safetensors";
    private const string Second = "model-00002-of-00002.safetensors";

    private TemporaryFolder folder = null!;

    [SetUp]
    public void SetUp()
    {
        folder = new TemporaryFolder();
        File.Copy(Reference.PathOf(Reference.Config), folder.PathOf("config.json"));
        using var file = SafetensorsFile.Open(Reference.PathOf("tiny.teacher.safetensors"));
        var tensors = file.Tensors.Select((entry, i) => (Shard: i % 2 == 0 ? First : Second, entry.Name, Tensor: file.Read(entry.Name))).ToArray();
        foreach (var shard in tensors.GroupBy(item => item.Shard))
        {
            SafetensorsFile.Write(folder.PathOf(shard.Key), shard.Select(item => KeyValuePair.Create(item.Name, item.Tensor)));
        }

        WriteIndex(tensors.Select(item => (item.Name, item.Shard)));
    }

    [TearDown]
    public void TearDown() => folder.Dispose();

    [Test]
    public void Load_OfShards_IsTheSameModel()
    {
        using var expected = Reference.Load("teacher");

        using var loaded = Gpt2Checkpoint.Load(folder.Root);

        foreach (var ((name, actual), (_, value)) in loaded.named_parameters().Zip(expected.named_parameters())) TensorAssert.AreSame(actual, value, name);
    }

    [Test]
    public void Load_WithoutAShard_NamesIt()
    {
        File.Delete(folder.PathOf(Second));

        Assert.That(() => Gpt2Checkpoint.Load(folder.Root), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains(Second));
    }

    [TestCase("../model.safetensors")]
    [TestCase("/etc/passwd")]
    [TestCase("a/b.safetensors")]
    [TestCase("")]
    public void Load_IndexThatPointsOutOfTheFolder_IsRefused(string shard)
    {
        WriteIndex([("transformer.wte.weight", shard)]);

        Assert.That(() => Gpt2Checkpoint.Load(folder.Root),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains($"'{shard}' is not the name of a file in the same folder"));
    }

    [Test]
    public void Load_IndexThatMisplacesATensor_NamesIt()
    {
        WriteIndex([("transformer.wte.weight", First), ("transformer.wpe.weight", Second), ("transformer.nowhere", First)]);

        Assert.That(() => Gpt2Checkpoint.Load(folder.Root),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains($"'transformer.nowhere' in '{First}'"));
    }

    [Test]
    public void Load_TensorInTwoShards_NamesBoth()
    {
        using (var file = SafetensorsFile.Open(folder.PathOf(First)))
        {
            SafetensorsFile.Write(folder.PathOf(Second), [new(file.Tensors[0].Name, file.Read(file.Tensors[0].Name))]);
        }

        Assert.That(() => Gpt2Checkpoint.Load(folder.Root),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains(Second).And.Message.Contains(First));
    }

    [TestCase("{}", "has no weight_map")]
    [TestCase("{\"weight_map\": {\"a\": null}}", "has no weight_map")]
    [TestCase("{\"weight_map\": {\"a\": \"x\", \"a\": \"y\"}}", "not an index")]
    [TestCase("[", "not an index")]
    [TestCase("null", "has no weight_map")]
    public void Load_DamagedIndex_IsRefused(string json, string fault)
    {
        File.WriteAllText(folder.PathOf("model.safetensors.index.json"), json);

        Assert.That(() => Gpt2Checkpoint.Load(folder.Root), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(fault));
    }

    private void WriteIndex(IEnumerable<(string Name, string Shard)> tensors) => File.WriteAllText(
        folder.PathOf("model.safetensors.index.json"),
        $$"""{"metadata": {"total_size": 1}, "weight_map": { {{string.Join(", ", tensors.Select(item => $"\"{item.Name}\": \"{item.Shard}\""))}} } }""");
}
