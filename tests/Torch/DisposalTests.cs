using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Torch.Tests;

/// <summary>Disposal twice, from another thread and out of order.</summary>
public sealed class DisposalTests : TensorTest
{
    [Test]
    public void Dispose_Twice_FreesOnce()
    {
        var start = Tensor.TotalCount;
        var x = ones(2);
        x.Dispose();
        x.Dispose();
        Assert.That(Tensor.TotalCount, Is.EqualTo(start));
    }

    [Test]
    public void Dispose_FromManyThreadsAtOnce_FreesOnce()
    {
        var start = Tensor.TotalCount;
        var made = Enumerable.Range(0, 500).Select(_ => ones(1)).ToArray();
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() => Array.ForEach(made, t => t.Dispose()))).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.That(Tensor.TotalCount, Is.EqualTo(start));
    }

    [Test]
    public void TensorOfAScope_DisposedByAnotherThread_IsSkippedByTheScope()
    {
        var start = Tensor.TotalCount;
        using (var scope = NewDisposeScope())
        {
            var (first, second) = (ones(2), ones(2));
            OnAnotherThread(first.Dispose);
            Assert.That(first.IsInvalid, Is.True);
            Assert.That(scope.DisposablesCount, Is.EqualTo(1));
            Assert.That(scope.Contains(second), Is.True);
        }

        Assert.That(Tensor.TotalCount, Is.EqualTo(start));
    }

    [Test]
    public void TensorOfAScope_DetachedByAnotherThread_OutlivesTheScope()
    {
        Tensor kept;
        using (NewDisposeScope())
        {
            kept = ones(2);
            OnAnotherThread(() => kept.DetachFromDisposeScope());
        }

        Assert.That(kept.IsInvalid, Is.False);
        kept.Dispose();
    }

    [Test]
    public void Scope_WhileAnotherThreadDisposesItsTensors_FreesEachOnce()
    {
        var start = Tensor.TotalCount;
        for (var round = 0; round < 20; round++)
        {
            using var scope = NewDisposeScope();
            var made = Enumerable.Range(0, 100).Select(_ => ones(1)).ToArray();
            var other = new Thread(() => Array.ForEach(made, t => t.Dispose()));
            other.Start();
            foreach (var t in made) t.Dispose();
            scope.Dispose();
            other.Join();
        }

        Assert.That(Tensor.TotalCount, Is.EqualTo(start));
    }

    [Test]
    public void Scopes_ClosedOutOfOrder_FreeTheirOwnTensorsAndLeaveTheOuterOpen()
    {
        var start = Tensor.TotalCount;
        var outer = NewDisposeScope();
        var a = ones(1);
        var inner = NewDisposeScope();
        var b = ones(1);
        outer.Dispose();
        Assert.That((a.IsInvalid, b.IsInvalid), Is.EqualTo((true, false)));
        inner.Dispose();
        inner.Dispose();
        Assert.That(b.IsInvalid, Is.True);
        Assert.That(CurrentDisposeScope!.Contains(a), Is.False);
        Assert.That(Tensor.TotalCount, Is.EqualTo(start));
    }

    [Test]
    public void Tensor_MovedIntoAnotherThreadsScope_IsRefused()
    {
        var scope = CurrentDisposeScope!;
        Exception? caught = null;
        OnAnotherThread(() =>
        {
            using var x = ones(1);
            caught = Assert.Catch(() => x.MoveToOtherDisposeScope(scope));
        });
        Assert.That(caught, Is.TypeOf<InvalidOperationException>().With.Message.Contains("belongs to the thread"));
    }

    [Test]
    public void Handle_GivenUpAndTakenBack_IsOwnedOnce()
    {
        var start = Tensor.TotalCount;
        var x = ones(3);
        var handle = x.DecoupleFromNativeHandle();
        x.Dispose();
        Assert.That(Tensor.TotalCount, Is.EqualTo(start + 1));
        using (var again = Tensor.UnsafeCreateTensor(handle)) Assert.That(again.sum().item<float>(), Is.EqualTo(3));
    }

    [Test]
    public void GeneratorsAndModules_DisposedTwice_DoNoHarm()
    {
        var generator = new Generator(1);
        generator.Dispose();
        generator.Dispose();
        Assert.That(() => generator.manual_seed(2), Throws.TypeOf<ObjectDisposedException>());
        var layer = nn.Linear(2, 2);
        layer.Dispose();
        layer.Dispose();
        Assert.That(() => layer.weight.shape, Throws.TypeOf<ObjectDisposedException>());
    }

    private static void OnAnotherThread(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
    }
}
