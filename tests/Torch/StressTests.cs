using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Torch.Tests;

/// <summary>The calls that end TorchSharp 0.107 in a segmentation fault, while other threads allocate and collect.</summary>
[NonParallelizable]
public sealed class StressTests
{
    private const int NumRounds = 400;

    [Test]
    public void Temporaries_OutsideEveryScope_OutliveTheirCalls()
    {
        UnderCollection(() =>
        {
            for (var i = 0; i < NumRounds; i++)
            {
                // Each argument is dead to the managed side as soon as its handle has been read.
                Expect(48, ones(8).add(1).mul(ones(8).add(2)).sum());
                Expect(24, cat([ones(8), ones(8).mul(2)]).sum());
                Expect(6, ones(2, 3).matmul(ones(3, 1)).sum());
                Expect(3, ones(8)[TensorIndex.Slice(0, 3)].sum());
                Expect(5, ones(8)[tensor(new long[] { 0, 1, 2, 3, 4 })].sum());
                Expect(2, where(ones(2).gt(0), ones(2), zeros(2)).sum());
            }
        });
    }

    [Test]
    public void Scalars_InsideAScope_NeverGetLost()
    {
        UnderCollection(() =>
        {
            for (var i = 0; i < NumRounds; i++)
            {
                using var scope = NewDisposeScope();
                var x = ones(4);
                for (var j = 0; j < 10; j++) x = x * 1.0 + 0.0 - 0;
                Expect(4, x.clamp(0.5, 2).sum());
            }
        });
    }

    [Test]
    public void Backward_ThroughTemporaries_GivesTheGradient()
    {
        UnderCollection(() =>
        {
            using var weight = new Parameter(ones(4));
            for (var i = 0; i < NumRounds; i++)
            {
                (weight * full([4], 3)).sum().backward();
                Expect(12, weight.grad!.sum());
                weight.grad = null;
                Expect(8, autograd.grad([(weight * weight).sum()], [weight])[0].sum());
            }
        });
    }

    private static void Expect(float expected, Tensor actual)
    {
        var value = actual.item<float>();
        if (value != expected) throw new InvalidOperationException($"{value} instead of {expected}");
    }

    /// <summary>Runs the calls on a thread without a scope while two others allocate and collect.</summary>
    private static void UnderCollection(Action calls)
    {
        using var stop = new CancellationTokenSource();
        var others = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                for (var i = 0; i < 20; i++) GC.KeepAlive(new byte[5000]);
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        })).ToArray();
        foreach (var other in others) other.Start();
        Exception? failure = null;
        var worker = new Thread(() => failure = Catch(calls));
        worker.Start();
        worker.Join();
        stop.Cancel();
        foreach (var other in others) other.Join();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.That(failure, Is.Null);
    }

    private static Exception? Catch(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
