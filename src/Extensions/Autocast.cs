using TorchSharp;

namespace Lhts.Extensions;

/// <summary>
/// While open on a thread, matrix products and convolutions of float32 tensors run in a smaller type (bfloat16), and operators
/// that need the range run in float32. Parameters stay float32 and so do their gradients: they are the master weights. Run the
/// forward pass and the loss inside, the backward pass outside. TorchSharp has nothing of the kind.
/// </summary>
public sealed class Autocast : IDisposable
{
    private readonly DeviceType device;
    private readonly int wasEnabled;
    private readonly int wasType;
    private readonly int thread = Environment.CurrentManagedThreadId;
    private bool closed;

    /// <summary>Opens the region for operators on one kind of device. On the CPU the only smaller type is bfloat16.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not bfloat16 or, on CUDA, float16.</exception>
    /// <exception cref="PlatformNotSupportedException">liblhts.so is missing.</exception>
    public unsafe Autocast(DeviceType device, torch.ScalarType type = torch.ScalarType.BFloat16)
    {
        if (type != torch.ScalarType.BFloat16 && (type != torch.ScalarType.Float16 || device != DeviceType.CUDA))
        {
            throw new ArgumentOutOfRangeException(
                nameof(type), type, $"Autocast on {device} runs in BFloat16{(device == DeviceType.CUDA ? " or Float16" : "")}.");
        }

        NativeExtensions.Require("Autocast");
        this.device = device;
        int enabled, before;
        NativeExtensions.Check(NativeExtensions.lhts_autocast_enter((int)device, (int)type, 1, &enabled, &before));
        (wasEnabled, wasType) = (enabled, before);
    }

    /// <summary>Closes the region and restores what was before; once, on the thread that opened it.</summary>
    /// <exception cref="InvalidOperationException">Another thread closes it: the setting is that thread's own.</exception>
    public void Dispose()
    {
        if (closed) return;
        if (thread != Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException("Autocast is a setting of a thread: close it on the one that opened it.");
        }

        closed = true;
        NativeExtensions.Check(NativeExtensions.lhts_autocast_leave((int)device, wasEnabled, wasType));
    }
}
