using System.Runtime.InteropServices;
using Lhts.Extensions;
using Lhts.Testing;
using TorchSharp;
using TorchSharp.Native;
using static TorchSharp.torch;

namespace Lhts.Torch.Tests;

/// <summary>Memory and streams of devices. Where there is a CUDA device the same tests ask it; where there is none they ask for the refusal.</summary>
public sealed class DeviceTests : TensorTest
{
    private const long Mebibyte = 1 << 20;

    [Test]
    public void Memory_OfTheCpu_IsThatOfTheProcess()
    {
        var before = DeviceMemory.Of(CPU)!.Value;
        var block = new byte[64 * Mebibyte];
        Array.Fill(block, (byte)1);
        var after = DeviceMemory.Of(CPU)!.Value;
        GC.KeepAlive(block);
        Assert.Multiple(() =>
        {
            Assert.That(after.Allocated, Is.GreaterThan(before.Allocated + (32 * Mebibyte)));
            Assert.That(after.Peak, Is.GreaterThanOrEqualTo(before.Peak).And.GreaterThanOrEqualTo(after.Allocated - (32 * Mebibyte)));
            Assert.That(after.Allocated, Is.LessThan(after.Total));
            Assert.That(after.Free, Is.Positive.And.LessThan(after.Total));
            Assert.That(after.Reserved, Is.Null);
        });
    }

    [Test]
    public void Blas_OfDebian_SharesOpenMPsThreads()
    {
        // An OpenBLAS with threads of its own made a training step on two threads slower than on one (docs/torch.md), whatever the alternatives point at.
        using var product = ones(2, 2).mm(ones(2, 2));
        var blas = File.ReadLines("/proc/self/maps").Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .Where(path => path.Contains("openblas", StringComparison.Ordinal)).Distinct().ToArray();
        if (Environment.GetEnvironmentVariable("LIBTORCH") is { Length: > 0 })
        {
            Assert.That(blas, Has.None.Contains("openblas-pthread")); // another libtorch brings a BLAS of its own
        }
        else
        {
            Assert.That(blas, Is.Not.Empty.And.All.Contains("openblas-openmp"));
        }
    }

    [Test]
    public async Task Threads_AreThoseOfTheCoresOnEveryThread()
    {
        var expected = int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), out var said) ? said : Processors.Count;
        Assert.That(Processors.Count, Is.InRange(1, Environment.ProcessorCount));
        Assert.That(get_num_threads(), Is.EqualTo(expected));
        Assert.That(await Task.Run(get_num_threads), Is.EqualTo(expected));
    }

    [Test]
    public void Memory_OfACudaDevice_FollowsItsTensorsOrIsNotToBeHad()
    {
        if (cuda.is_available() && Devices.WhyNoFigures is null)
        {
            using var first = zeros(1, device: CUDA);
            var before = DeviceMemory.Of(CUDA)!.Value;
            using (var block = zeros([Mebibyte], float32, CUDA)) Assert.That(
                DeviceMemory.Of(CUDA)!.Value.Allocated, Is.EqualTo(before.Allocated + (4 * Mebibyte)));
            var after = DeviceMemory.Of(CUDA)!.Value;
            Assert.That(after.Allocated, Is.EqualTo(before.Allocated));
            Assert.That(after.Peak, Is.GreaterThanOrEqualTo(before.Allocated + (4 * Mebibyte)));
            Assert.That(after.Reserved, Is.GreaterThanOrEqualTo(after.Peak));
            Assert.That(after.Free, Is.LessThan(after.Total));
            Devices.ResetPeak(CUDA);
            Assert.That(DeviceMemory.Of(CUDA)!.Value.Peak, Is.EqualTo(after.Allocated));
            Devices.EmptyCache();
            Assert.That(DeviceMemory.Of(CUDA)!.Value.Reserved, Is.LessThanOrEqualTo(after.Reserved!.Value));
            Assert.That(Devices.NameOf(CUDA), Is.Not.Empty);
        }
        else if (Devices.WhyNoFigures is null)
        {
            // A libtorch with CUDA on a machine without: libtorch says so itself.
            Assert.That(() => DeviceMemory.Of(CUDA), Throws.InstanceOf<ExternalException>());
            Assert.That(() => Devices.NameOf(CUDA), Throws.InstanceOf<ExternalException>());
        }
        else
        {
            Assert.That(DeviceMemory.Of(CUDA), Is.Null);
            Assert.That(Devices.WhyNoFigures, Does.Contain("LIBTORCH").And.Contain("CUDA_HOME"));
            Assert.That(() => Devices.NameOf(CUDA), Throws.InstanceOf<NotSupportedException>().With.Message.EqualTo(Devices.WhyNoFigures));
            Assert.That(() => Devices.ResetPeak(CUDA), Throws.InstanceOf<NotSupportedException>());
            Assert.That(Devices.EmptyCache, Throws.InstanceOf<NotSupportedException>());
        }
    }

    [Test]
    public void Memory_OfAnotherKindOfDevice_IsRefused() =>
        Assert.That(() => DeviceMemory.Of(new Device(DeviceType.META)),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("META").IgnoreCase);

    [Test]
    public void Name_OfTheCpu_IsThatOfItsProcessor() => Assert.That(Devices.NameOf(CPU), Is.Not.Empty);

    [Test]
    public void Stream_OfTheCpu_IsTheOneAndOnly()
    {
        var stream = DeviceStream.Current(CPU);
        Assert.That(stream.Id, Is.Zero);
        using (stream.Use()) Assert.That(DeviceStream.Current(CPU).Id, Is.Zero);
        Assert.That(() => DeviceStream.FromPool(CPU), Throws.InstanceOf<ExternalException>().With.Message.Contains("stream"));
    }

    [Test]
    public void Region_ClosedOnAnotherThread_IsRefused()
    {
        using var region = DeviceStream.Current(CPU).Use();
        Assert.That(() => Task.Run(region.Dispose).GetAwaiter().GetResult(), Throws.InvalidOperationException.With.Message.Contains("thread"));
    }

    [Test]
    public void Stream_OfACudaDevice_OrdersWorkOrIsNotToBeHad()
    {
        if (!cuda.is_available())
        {
            Assert.That(() => DeviceStream.FromPool(CUDA), Throws.InstanceOf<ExternalException>());
            return;
        }

        var (main, side) = (DeviceStream.Current(CUDA), DeviceStream.FromPool(CUDA));
        Assert.That(side.Id, Is.Not.EqualTo(main.Id));
        using var x = ones([1000, 1000], float32, CUDA);
        side.WaitFor(main);
        Tensor sum;
        using (side.Use())
        {
            Assert.That(DeviceStream.Current(CUDA).Id, Is.EqualTo(side.Id));
            sum = x.sum();
            side.RecordStream(x);
        }

        Assert.That(DeviceStream.Current(CUDA).Id, Is.EqualTo(main.Id));
        side.Synchronize();
        Assert.That(side.IsDone, Is.True);
        Assert.That(sum.item<float>(), Is.EqualTo(1e6f));
    }
}
