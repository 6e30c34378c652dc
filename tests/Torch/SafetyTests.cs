using Lhts.Testing;
using TorchSharp;
using TorchSharp.Native;
using static TorchSharp.torch;

namespace Lhts.Torch.Tests;

/// <summary>Bad handles and bad arguments: each is a typed exception that names the operator and the shapes, never a crash.</summary>
public sealed class SafetyTests : TensorTest
{
    [Test]
    public void ShapeError_InMatmul_IsCaught()
    {
        // Ends the process in TorchSharp 0.107: that function has no catch.
        var error = Assert.Throws<TorchException>(() => ones(2, 3).matmul(ones(2, 3)));
        Assert.That(error!.Message, Does.Contain("aten::matmul(Float32[2x3], Float32[2x3])"));
    }

    [Test]
    public void Error_InAutogradGrad_IsCaught()
    {
        // As does this one.
        var x = ones([2], requires_grad: true);
        Assert.That(() => autograd.grad([x * 2], [x]), Throws.TypeOf<TorchException>().With.Message.Contains("scalar outputs"));
        Assert.That(() => autograd.grad([(x * 2).sum()], [ones([1], requires_grad: true)]),
            Throws.TypeOf<TorchException>().With.Message.Contains("allow_unused"));
        Assert.That(() => ones(2).backward(), Throws.TypeOf<TorchException>());
    }

    [Test]
    public void NullTensor_WhereOneIsNeeded_IsATypedException()
    {
        var x = ones(2);
        Assert.That(() => x.add((Tensor)null!), Throws.TypeOf<TorchException>().With.Message.Contains("aten::add.Tensor(Float32[2], none)"));
        Assert.That(() => x.matmul(null!), Throws.TypeOf<TorchException>().With.Message.Contains("aten::matmul"));
        Assert.That(() => cat([x, null!]), Throws.TypeOf<TorchException>().With.Property(nameof(TorchException.Kind)).EqualTo(TorchError.InvalidArgument));
        Assert.That(() => Tensor.UnsafeCreateTensor(IntPtr.Zero), Throws.TypeOf<TorchException>());
    }

    [Test]
    public void FreedTensor_InEveryKindOfCall_IsAnObjectDisposedException()
    {
        var (freed, x) = (ones(2), ones(2));
        freed.Dispose();
        Assert.Multiple(() =>
        {
            Assert.That(() => x.mul_(freed), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => cat([x, freed]), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => freed.shape, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => freed.data<float>(), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => freed.backward(), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => x.grad = freed, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => freed.alias(), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(freed.ToString(), Does.Contain("disposed"));
        });
    }

    [Test]
    public void WrongTypesAndDevices_AreTypedExceptions()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => ones(2, 2).matmul(ones([2, 2], int64)), Throws.TypeOf<TorchException>().With.Message.Contains("Int64[2x2]"));
            Assert.That(() => ones([2], int64).add_(ones([2], float64)), Throws.TypeOf<TorchException>().With.Message.Contains("can't be cast"));
            Assert.That(() => ones([2], @bool).sub(ones([2], @bool)), Throws.TypeOf<TorchException>());
            Assert.That(() => ones([2], device: new Device(DeviceType.META)).cpu(),
                Throws.TypeOf<TorchException>().With.Property(nameof(TorchException.Kind)).EqualTo(TorchError.NotImplemented));
            Assert.That(() => ones(2).index_select(0, zeros([1], int64, new Device(DeviceType.META))), Throws.TypeOf<TorchException>());
            Assert.That(() => ones([2], device: new Device(DeviceType.CUDA, 99)), Throws.TypeOf<TorchException>());
            Assert.That(() => ones([2], device: new Device(DeviceType.META)).data<float>(), Throws.InvalidOperationException);
            Assert.That(() => ones(2).data<long>(), Throws.InvalidOperationException.With.Message.Contains("Float32"));
            Assert.That(() => new Operator("aten::matmul").Run(ones(2, 2), 3), Throws.TypeOf<TorchException>());
            Assert.That(() => new Operator("aten::add", "Tensor").Run(ones(2), ones(2), "x"), Throws.TypeOf<TorchException>());
            Assert.That(() => new Operator("aten::neg").Run(ones(2), ones(2)), Throws.TypeOf<TorchException>().With.Message.Contains("too many"));
        });
    }

    [Test]
    public void Library_OfOtherSources_IsRefusedWithTheDifference()
    {
        var numbers = Layout.Own.Select(own => own.Number).ToArray();
        Assert.That(() => Layout.Compare(numbers, numbers.Length), Throws.Nothing);
        numbers[4] += 8;
        Assert.That(() => Layout.Compare(numbers, numbers.Length),
            Throws.TypeOf<BadImageFormatException>().With.Message.Contains("sizeof TensorInfo is 80 there and 72 here"));
        Assert.That(() => Layout.Compare([], 0), Throws.TypeOf<BadImageFormatException>().With.Message.Contains("eng/setup.sh"));
    }
}
