using System.Runtime.InteropServices;
using TorchSharp.Native;

namespace TorchSharp;

/// <summary>PyTorch's functions under the API of TorchSharp. Each follows the function of the same name there.</summary>
public static partial class torch
{
    /// <summary>The libtorch in use, such as <c>1.13.0</c>.</summary>
    public static string __version__ => NativeVersion;

    internal static unsafe string NativeVersion => Marshal.PtrToStringUTF8((IntPtr)NativeMethods.lhts_torch_version())!;

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Op.cat.Call(tensors as Tensor[] ?? [.. tensors], dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Op.stack.Call(tensors as Tensor[] ?? [.. tensors], dim);

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Op.where.Call(condition, x, y);

    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => Op.addmm.Call(input, mat1, mat2, beta, alpha);

    public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);

    public static Tensor minimum(Tensor input, Tensor other) => input.minimum(other);

    public static Tensor isfinite(Tensor tensor) => tensor.isfinite();

    /// <summary>Threads that one operator may use.</summary>
    public static int get_num_threads() => NativeMethods.lhts_num_threads();

    /// <summary>Sets how many threads one operator may use.</summary>
    public static void set_num_threads(int num) => NativeMethods.Check(NativeMethods.lhts_set_num_threads(num));

    /// <summary>Operators that may run beside each other.</summary>
    public static int get_num_interop_threads() => NativeMethods.lhts_num_interop_threads();

    /// <summary>Sets how many operators may run beside each other; once, before the first of them.</summary>
    public static void set_num_interop_threads(int num) => NativeMethods.Check(NativeMethods.lhts_set_num_interop_threads(num));

    /// <summary>CUDA devices.</summary>
    public static class cuda
    {
        /// <summary>Devices that can be used.</summary>
        public static unsafe int device_count()
        {
            int count;
            NativeMethods.Check(NativeMethods.lhts_cuda_device_count(&count));
            return count;
        }

        /// <summary>True where there is at least one device.</summary>
        public static bool is_available() => device_count() > 0;

        /// <summary>Waits until a device's work is done.</summary>
        public static void synchronize(Device? device = null) => NativeMethods.Check(NativeMethods.lhts_cuda_synchronize(device?.index ?? -1));
    }
}
