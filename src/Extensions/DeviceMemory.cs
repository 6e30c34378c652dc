using TorchSharp;

namespace Lhts.Extensions;

/// <summary>The memory of a device at one moment, in bytes.</summary>
/// <param name="Allocated">What tensors hold; on the CPU: what the process has in memory.</param>
/// <param name="Peak">The most there was of that, since the start or <see cref="Devices.ResetPeak"/>.</param>
/// <param name="Reserved">What libtorch has taken from the device for tensors, held or not; null on the CPU.</param>
/// <param name="Free">What any program may still take.</param>
/// <param name="Total">What the device has.</param>
public readonly record struct DeviceMemory(long Allocated, long Peak, long? Reserved, long Free, long Total)
{
    /// <summary>
    /// The memory of a CUDA device (index -1: the current one) or, for the CPU, of this process and machine. Null where it is not to
    /// be had: <see cref="Devices.WhyNoFigures"/> says why.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The device is neither.</exception>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch finds no such device.</exception>
    public static DeviceMemory? Of(torch.Device device) => device.type switch
    {
        DeviceType.CPU => ProcessMemory.Read(),
        DeviceType.CUDA => Devices.WhyNoFigures is null ? Devices.ReadMemory(device.index) : null,
        _ => throw new ArgumentOutOfRangeException(nameof(device), device, "Figures of memory are those of a CUDA device or of the CPU."),
    };
}
