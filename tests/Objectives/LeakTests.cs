using Lhts.Testing;
using TorchSharp;

namespace Lhts.Objectives.Tests;

public sealed class LeakTests : TensorTest
{
    [Test]
    public void Steps_OfAnObjective_LeaveNoTensors()
    {
        var step = RandomStep.Of(seed: 5, numSequences: 4, length: 10, numTokens: 5);
        using var objective = new LhtsObjective(new LhtsOptions { NormalisePerTemperature = true }, RandomStep.MaxLength);
        Run(objective, step);
        var live = torch.Tensor.TotalCount;
        for (var i = 0; i < 5; i++) Run(objective, step);
        Assert.That(torch.Tensor.TotalCount, Is.EqualTo(live));
    }

    private static void Run(IObjective objective, RandomStep step)
    {
        using var scope = torch.NewDisposeScope();
        StepRunner.Run([objective], [[step]]);
    }
}
