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

    public static Tensor matmul(Tensor input, Tensor target) => Op.matmul.Call(input, target);

    public static Tensor bmm(Tensor input, Tensor batch2) => Op.bmm.Call(input, batch2);

    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => Op.addmm.Call(input, mat1, mat2, beta, alpha);

    public static Tensor einsum(string equation, params Tensor[] tensors) => Op.einsum.Call(equation, tensors);

    public static Tensor exp(Tensor input) => input.exp();

    public static Tensor log(Tensor input) => input.log();

    public static Tensor sqrt(Tensor input) => input.sqrt();

    public static Tensor sigmoid(Tensor input) => input.sigmoid();

    public static Tensor tanh(Tensor input) => input.tanh();

    public static Tensor softmax(Tensor input, int dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

    public static Tensor logsumexp(Tensor input, long dim, bool keepdim = false) => input.logsumexp(dim, keepdim);

    public static Tensor cumsum(Tensor input, long dim, ScalarType? type = null) => input.cumsum(dim, type);

    public static Tensor sum(Tensor input, ScalarType? type = null) => input.sum(type);

    public static Tensor sum(Tensor input, long dim, bool keepdim = false, ScalarType? type = null) => input.sum(dim, keepdim, type);

    public static Tensor mean(Tensor input) => input.mean();

    public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);

    public static Tensor minimum(Tensor input, Tensor other) => input.minimum(other);

    public static Tensor clamp(Tensor input, Scalar? min = null, Scalar? max = null) => input.clamp(min, max);

    public static Tensor pow(Tensor left, Scalar exponent) => left.pow(exponent);

    public static Tensor gather(Tensor input, long dim, Tensor index) => input.gather(dim, index);

    public static Tensor argmax(Tensor input, long dim, bool keepdim = false) => input.argmax(dim, keepdim);

    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null) =>
        input.multinomial(num_samples, replacement, generator);

    public static Tensor tril(Tensor input, long diagonal = 0) => input.tril(diagonal);

    public static Tensor triu(Tensor input, long diagonal = 0) => input.triu(diagonal);

    public static Tensor isfinite(Tensor tensor) => tensor.isfinite();

    public static (Tensor values, Tensor indices) topk(Tensor tensor, int k, int dim = -1, bool largest = true, bool sorted = true) =>
        tensor.topk(k, dim, largest, sorted);

    public static (Tensor values, Tensor indices) sort(Tensor input, long dim = -1, bool descending = false, bool stable = false) =>
        input.sort(dim, descending, stable);

    public static Tensor quantile(Tensor input, Tensor q, long dim = -1, bool keepdim = false) => Op.quantile.Call(input, q, dim, keepdim);

    public static bool allclose(Tensor tensor, Tensor target, double rtol = 1E-05, double atol = 1E-08, bool equal_nan = false) =>
        tensor.allclose(target, rtol, atol, equal_nan);

    /// <summary>Threads that one operator may use.</summary>
    public static int get_num_threads() => NativeMethods.lhts_num_threads();

    /// <summary>Sets how many threads one operator may use.</summary>
    public static void set_num_threads(int num) => NativeMethods.Check(NativeMethods.lhts_set_num_threads(num));

    /// <summary>Operators that may run beside each other.</summary>
    public static int get_num_interop_threads() => NativeMethods.lhts_num_interop_threads();

    /// <summary>Sets how many operators may run beside each other; once, before the first of them.</summary>
    public static void set_num_interop_threads(int num) => NativeMethods.Check(NativeMethods.lhts_set_num_interop_threads(num));

    /// <summary>True where a CUDA device can be used.</summary>
    public static bool cuda_is_available() => cuda.is_available();

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
