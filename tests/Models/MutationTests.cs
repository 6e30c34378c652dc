using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests;

/// <summary>Damaged files are refused with a message that names them, without a crash and without memory that the file does not account for.</summary>
public sealed class MutationTests : TensorTest
{
    private const int NumMutations = 20_000;

    /// <summary>Managed memory that reading a damaged file of about a kilobyte may take.</summary>
    private const long MaxAllocation = 1 << 20;

    private TemporaryFolder folder = null!;

    [SetUp]
    public void SetUp() => folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => folder.Dispose();

    [Test]
    public void SafetensorsOpenAndRead_OfMutatedFiles_SucceedsOrNamesTheFile()
    {
        var path = folder.PathOf("x.safetensors");
        var original = SmallFile(path);
        var mutator = new Mutator(1);

        var numRefused = CountRefused(path, () =>
        {
            var mutated = mutator.Mutate(original, headLength: original.Length - 60);
            SafetensorsHeader.Read(path, mutated.Length, (offset, destination) => mutated.AsSpan((int)offset, destination.Length).CopyTo(destination));
            File.WriteAllBytes(path, mutated); // few come this far: writing all of them would be most of the test's time
            using var scope = NewDisposeScope();
            using var file = SafetensorsFile.Open(path);
            Assert.That(file.Tensors.Sum(tensor => tensor.Length), Is.LessThanOrEqualTo(new FileInfo(path).Length));
            foreach (var tensor in file.Tensors) file.Read(tensor.Name);
        });

        Assert.That(numRefused, Is.GreaterThan(NumMutations / 2));
    }

    [Test]
    public void ConfigParse_OfMutatedFiles_SucceedsOrNamesTheFile()
    {
        var original = File.ReadAllBytes(Reference.PathOf(Reference.Config));
        var mutator = new Mutator(2);

        var numRefused = CountRefused("config.json", () => Gpt2ConfigFile.Parse("config.json", mutator.Mutate(original, original.Length)));

        Assert.That(numRefused, Is.GreaterThan(NumMutations / 2));
    }

    [Test]
    public void CheckpointLoad_OfMutatedConfigs_NeverTakesMoreThanTheFileHolds()
    {
        Reference.MakeFolder(folder.PathOf("model"), "teacher");
        var path = Path.Combine(folder.PathOf("model"), "config.json");
        var original = File.ReadAllBytes(path);
        var mutator = new Mutator(3);
        for (var i = 0; i < NumMutations / 10; i++)
        {
            File.WriteAllBytes(path, mutator.Mutate(original, original.Length));
            try
            {
                using var model = Gpt2Checkpoint.Load(folder.PathOf("model"));
                Assert.That(model.parameters().Sum(parameter => parameter.numel()), Is.EqualTo(29_600), "the file's own number of weights");
            }
            catch (InvalidDataException exception)
            {
                Assert.That(exception.Message, Does.StartWith($"'{folder.PathOf("model")}"));
            }
        }
    }

    private static int CountRefused(string path, Action read)
    {
        var numRefused = 0;
        for (var i = 0; i < NumMutations; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read();
            }
            catch (InvalidDataException exception)
            {
                numRefused++;
                if (!exception.Message.StartsWith($"'{path}': ", StringComparison.Ordinal)) Assert.Fail($"Mutation {i}: {exception.Message}");
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > MaxAllocation) Assert.Fail($"Mutation {i} took {allocated} bytes.");
        }

        return numRefused;
    }

    private static byte[] SmallFile(string path)
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(
            path,
            [
                new("wte.weight", arange(6, dtype: ScalarType.Float32).view(2, 3)), new("step", tensor(7L)), new("half", ones([2], ScalarType.Float16)),
                new("mask", ones([4], ScalarType.Bool)), new("empty", zeros(0)), new("double", ones([1, 1], ScalarType.Float64)),
            ],
            new Dictionary<string, string> { ["format"] = "pt", ["step"] = "7" });
        return File.ReadAllBytes(path);
    }
}
