using TorchSharp.Native;

namespace Lhts.Torch.Tests;

public sealed class KernelsTests
{
    [Test]
    public void Name_OfAProcessorWithAvx512_IsOneThatOpenBlasKnows()
    {
        Assert.That(Kernels.BestFor(hasAvx512: true), Is.EqualTo("SkylakeX"));
        Assert.That(Kernels.BestFor(hasAvx512: false), Is.Null, "it is left to find one");
    }
}
