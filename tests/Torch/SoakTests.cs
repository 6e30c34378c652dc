using Lhts.Dispatch.Benchmarks;
using Lhts.Testing;

namespace Lhts.Torch.Tests;

/// <summary>A short form of the soak that <c>benchmarks/dispatch -- soak</c> runs.</summary>
public sealed class SoakTests : TensorTest
{
    [Test]
    public void ResidentMemory_OverTrainingSteps_StaysWithinOnePercent()
    {
        var (early, late) = Soak.Run(settled: 2000, numSteps: 5000);
        Assert.That(late.NumTensors, Is.EqualTo(early.NumTensors));
        Assert.That((double)late.ResidentBytes / early.ResidentBytes, Is.LessThan(1.01));
    }
}
