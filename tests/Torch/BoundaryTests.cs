using System.Runtime.InteropServices;
using Lhts.Testing;
using TorchSharp;
using TorchSharp.Native;
using static TorchSharp.torch;

namespace Lhts.Torch.Tests;

public sealed class BoundaryTests : TensorTest
{
    [TestCase(0, TorchError.StandardException, "provoked")]
    [TestCase(1, TorchError.UnknownException, "a C++ exception of unknown type")]
    [TestCase(2, TorchError.Error, "provoked by TORCH_CHECK")]
    [TestCase(3, TorchError.OutOfMemory, "std::bad_alloc")]
    public void CppException_OfAnyType_BecomesATypedException(int kind, TorchError expected, string message)
    {
        var error = Assert.Throws<TorchException>(() => NativeMethods.Check(NativeMethods.lhts_provoke(kind)));
        Assert.That(error!.Kind, Is.EqualTo(expected));
        Assert.That(error.Message, Is.EqualTo(message));
    }

    [Test]
    public unsafe void Layouts_OfStructsThatCross_AreThoseOfTheHeader()
    {
        Assert.Multiple(() =>
        {
            Assert.That(sizeof(Value), Is.EqualTo(16));
            Assert.That((int)Marshal.OffsetOf<Value>(nameof(Value.Integer)), Is.EqualTo(8));
            Assert.That(sizeof(AdamWStep), Is.EqualTo(48));
            Assert.That((int)Marshal.OffsetOf<AdamWStep>(nameof(AdamWStep.Step)), Is.EqualTo(40));
            Assert.That(sizeof(TensorInfo), Is.EqualTo(72));
            Assert.That((int)Marshal.OffsetOf<TensorInfo>(nameof(TensorInfo.Data)), Is.EqualTo(32));
            Assert.That((int)Marshal.OffsetOf<TensorInfo>(nameof(TensorInfo.ScalarType)), Is.EqualTo(40));
            Assert.That((int)Marshal.OffsetOf<TensorInfo>(nameof(TensorInfo.IsCpu)), Is.EqualTo(68));
        });
    }

    [Test]
    public void EveryDeclaredOperator_InThisLibtorch_IsFoundOrKnownToBeNewer()
    {
        var missing = typeof(Op).GetFields(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)
            .Select(f => (f.Name, Operator: (Operator)f.GetValue(null)!))
            .Where(o => !o.Operator.Exists)
            .Select(o => o.Name)
            .ToArray();
        // scaled_dot_product_attention came with 2.0; src/Torch composes it where it is missing.
        Assert.That(missing, Is.SubsetOf(new[] { nameof(Op.attention), nameof(Op.fused_adamw_) }));
    }

    [Test]
    public void UnknownOperator_WhenCalled_IsNamed()
    {
        var error = Assert.Throws<TorchException>(() => new Operator("aten::no_such_operator").Run());
        Assert.That(error!.Message, Does.Contain("aten::no_such_operator").And.Contain(torch.__version__));
    }

    [Test]
    public void Call_WithTooFewArguments_IsAnException() =>
        Assert.That(
            () => new Operator("aten::matmul").Run(ones(2, 2)),
            Throws.TypeOf<TorchException>().With.Property(nameof(TorchException.Kind)).EqualTo(TorchError.InvalidArgument));

    [Test]
    public void LongLists_BeyondTheStackScratch_Arrive()
    {
        var parts = Enumerable.Range(0, 500).Select(i => tensor(new float[] { i })).ToArray();
        Assert.That(cat(parts).data<float>().ToArray(), Is.EqualTo(Enumerable.Range(0, 500).Select(i => (float)i)));
    }

    [Test]
    public void DisposeScopes_WhenNested_FreeAllButWhatMovesOut()
    {
        var start = Tensor.TotalCount;
        Tensor kept;
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                kept = ones(2).add(1).MoveToOuterDisposeScope();
                Assert.That(inner.DisposablesCount, Is.EqualTo(1));
            }

            Assert.That(Tensor.TotalCount, Is.EqualTo(start + 1));
            Assert.That(outer.DisposablesCount, Is.EqualTo(1));
            kept.DetachFromDisposeScope();
        }

        Assert.That(kept.IsInvalid, Is.False);
        kept.Dispose();
        Assert.That(Tensor.TotalCount, Is.EqualTo(start));
    }

    [Test]
    public void Handles_WithOtherThreadsCollecting_StayAlive()
    {
        using var stop = new CancellationTokenSource();
        var collector = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.KeepAlive(new byte[10_000]);
                GC.Collect(0);
            }
        });

        Task.Run(() =>
        {
            // No scope on this thread: only the calls themselves keep their arguments alive.
            for (var i = 0; i < 1000; i++)
            {
                var value = ones(8).add(1).mul(ones(8).add(2)).sum().item<float>();
                if (value != 48) throw new InvalidOperationException($"{value} instead of 48 at {i}");
            }
        }).GetAwaiter().GetResult();

        stop.Cancel();
        collector.GetAwaiter().GetResult();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
