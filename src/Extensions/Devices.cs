using System.Text;
using TorchSharp;

namespace Lhts.Extensions;

/// <summary>What a device is called and how libtorch keeps its memory. TorchSharp has nothing of the kind.</summary>
public static unsafe class Devices
{
    private const int MaxNameBytes = 256;

    /// <summary>Why there are no figures of CUDA devices; null where there are.</summary>
    public static string? WhyNoFigures
    {
        get
        {
            if (NativeExtensions.WhyMissing is { } reason) return NativeExtensions.MissingMessage("CUDA's memory", reason);
            if (NativeExtensions.lhts_device_has_figures() != 0) return null;
            return "liblhts.so was built for a libtorch without CUDA, or where CUDA's headers were not found: build it with LIBTORCH set to a libtorch with "
                + "CUDA and CUDA_HOME to CUDA's folder.";
        }
    }

    /// <summary>The name of a CUDA device (index -1: the current one), such as that of the card; of the CPU, that of the processor.</summary>
    /// <exception cref="NotSupportedException">There are no figures of CUDA devices here; the message says why.</exception>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch finds no such device.</exception>
    public static string NameOf(torch.Device device)
    {
        if (device.type == DeviceType.CPU) return ProcessMemory.ProcessorName();
        Require();
        var text = stackalloc byte[MaxNameBytes];
        int length;
        NativeExtensions.Check(NativeExtensions.lhts_device_name(device.index, text, MaxNameBytes, &length));
        return Encoding.UTF8.GetString(text, length);
    }

    /// <summary>Lets the peak of a CUDA device start anew from what is held now.</summary>
    /// <inheritdoc cref="NameOf" path="/exception"/>
    public static void ResetPeak(torch.Device device)
    {
        Require();
        NativeExtensions.Check(NativeExtensions.lhts_device_reset_peak(device.index));
    }

    /// <summary>Gives memory that no tensor holds back to the CUDA devices.</summary>
    /// <exception cref="NotSupportedException">There are no figures of CUDA devices here; the message says why.</exception>
    public static void EmptyCache()
    {
        Require();
        NativeExtensions.Check(NativeExtensions.lhts_device_empty_cache());
    }

    internal static DeviceMemory ReadMemory(int index)
    {
        NativeMemory memory;
        NativeExtensions.Check(NativeExtensions.lhts_device_memory(index, &memory));
        return new DeviceMemory(memory.Allocated, memory.Peak, memory.Reserved, memory.Free, memory.Total);
    }

    private static void Require()
    {
        if (WhyNoFigures is { } reason) throw new NotSupportedException(reason);
    }
}
