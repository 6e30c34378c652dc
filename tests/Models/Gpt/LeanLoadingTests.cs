using Lhts.Models.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests.Gpt;

/// <summary>Loading takes the memory of one copy of the weights.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed class LeanLoadingTests
{
    // 32 MiB of embedding and 4 blocks of 3 MiB: large beside what else the process does meanwhile.
    private static readonly Gpt2Config Config = new() { NumLayers = 4, EmbeddingSize = 256, NumHeads = 8, VocabularySize = 32_768, NumPositions = 64 };

    [Test]
    public void Load_OfALargeModel_HoldsOneCopyAtMost()
    {
        using var folder = new TemporaryFolder();
        using (var model = new Gpt2(Config, new Generator(1))) Gpt2Checkpoint.Save(model, folder.PathOf("m"));
        var size = new FileInfo(Path.Combine(folder.PathOf("m"), "model.safetensors")).Length;
        Gpt2? loaded = null;

        var growth = PeakMemory.RiseDuring(() => loaded = Gpt2Checkpoint.Load(folder.PathOf("m")));

        loaded!.Dispose();
        Assert.That(growth, Is.InRange(0.5 * size, 1.5 * size), $"peak {growth} bytes for a file of {size}");
    }
}
