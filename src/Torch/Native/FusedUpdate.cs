namespace TorchSharp.Native;

/// <summary>Updates of many parameters in one native call.</summary>
internal static unsafe class FusedUpdate
{
    /// <summary>
    /// One step of AdamW. False where the tensors are not contiguous float32 or float64 tensors on the CPU, alike for each
    /// parameter; nothing was changed then.
    /// </summary>
    internal static bool TryAdamW(torch.Tensor[] parameters, torch.Tensor[] gradients, torch.Tensor[] averages, torch.Tensor[] squares, in AdamWStep settings)
    {
        int updated;
        var step = settings;
        fixed (IntPtr* p = Handles(parameters), g = Handles(gradients), m = Handles(averages), v = Handles(squares))
        {
            NativeMethods.Check(NativeMethods.lhts_adamw(p, g, m, v, parameters.Length, &step, &updated));
        }

        GC.KeepAlive(parameters);
        GC.KeepAlive(gradients);
        GC.KeepAlive(averages);
        GC.KeepAlive(squares);
        return updated != 0;
    }

    private static IntPtr[] Handles(torch.Tensor[] tensors) => Array.ConvertAll(tensors, tensor => tensor.Handle);
}
