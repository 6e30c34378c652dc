using System.Runtime.InteropServices;
using TorchSharp;

namespace Lhts.Extensions;

/// <summary>Settings of one AdamW update; <see cref="Step"/> counts from 1. 48 bytes, as in src/Native/adamw.cpp.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct AdamWSettings(double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay, long Step);

/// <summary>AdamW over many parameters in one pass over memory. src/Torch's own optimizer does this by itself; TorchSharp's does not.</summary>
public static unsafe class FusedAdamW
{
    /// <summary>
    /// Updates parameters and their running means of gradient and squared gradient in place. False, with nothing changed, where
    /// they are not contiguous float32 or float64 tensors on the CPU, alike for each parameter.
    /// </summary>
    /// <exception cref="ArgumentException">The lists are not of one length.</exception>
    /// <exception cref="PlatformNotSupportedException">liblhts.so is missing.</exception>
    public static bool TryUpdate(
        IReadOnlyList<torch.Tensor> parameters,
        IReadOnlyList<torch.Tensor> gradients,
        IReadOnlyList<torch.Tensor> averages,
        IReadOnlyList<torch.Tensor> squares,
        AdamWSettings settings)
    {
        if (gradients.Count != parameters.Count || averages.Count != parameters.Count || squares.Count != parameters.Count)
        {
            throw new ArgumentException(
                $"AdamW takes one gradient and two means for each parameter: {parameters.Count} parameters, {gradients.Count} gradients, {averages.Count} and {squares.Count} means were given.");
        }

        NativeHalf.Require("The fused AdamW update");
        int updated;
        fixed (IntPtr* p = Handles(parameters), g = Handles(gradients), m = Handles(averages), v = Handles(squares))
        {
            NativeHalf.Check(NativeHalf.lhts_adamw(p, g, m, v, parameters.Count, &settings, &updated));
        }

        GC.KeepAlive(parameters);
        GC.KeepAlive(gradients);
        GC.KeepAlive(averages);
        GC.KeepAlive(squares);
        return updated != 0;
    }

    private static IntPtr[] Handles(IReadOnlyList<torch.Tensor> tensors) => [.. tensors.Select(tensor => tensor.Handle)];
}
