using Lhts.Models.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Training;

/// <summary>How fast a device multiplies large matrices of a type: the peak that a model can hope for, as opposed to a data sheet's.</summary>
internal static class DeviceSpeed
{
    // OpenBLAS is at nine tenths of its best from about 512 on; a GPU needs far more to fill it.
    private const int SizeOnCpu = 512;
    private const int SizeOnGpu = 4096;

    private const int NumProducts = 8;

    /// <summary>Floating-point operations per second of the fastest of a few products. Takes some tens of milliseconds; no random number is drawn.</summary>
    public static double Measure(Device device, Precision precision, TimeProvider time)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var size = device.type == DeviceType.CPU ? SizeOnCpu : SizeOnGpu;
        var matrix = full([size, size], 0.5, precision == Precision.Bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32, device);
        Multiply(matrix); // the first one starts threads
        var best = Enumerable.Range(0, NumProducts).Min(_ => Timed(matrix, time));
        return 2.0 * size * size * size / best.TotalSeconds;
    }

    private static TimeSpan Timed(Tensor matrix, TimeProvider time)
    {
        var start = time.GetTimestamp();
        Multiply(matrix);
        return time.GetElapsedTime(start);
    }

    /// <summary>Reading one element waits until the device is done.</summary>
    private static void Multiply(Tensor matrix)
    {
        using var scope = NewDisposeScope();
        _ = matrix.matmul(matrix).narrow(0, 0, 1).narrow(1, 0, 1).to(ScalarType.Float32).cpu().item<float>();
    }
}
