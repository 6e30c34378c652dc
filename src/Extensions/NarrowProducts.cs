using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Extensions;

/// <summary>
/// Products of bfloat16 matrices whose sums stay float32, on processors that multiply bfloat16 by themselves (src/Native/products.cpp). libtorch rounds
/// such products to bfloat16: of a logit of 40 the error is up to 0.125.
/// </summary>
public static partial class NarrowProducts
{
    private const string Library = "lhts";

    private static readonly Lazy<bool> Available = new(() => NativeExtensions.WhyMissing is null && lhts_product_available() != 0);

    /// <summary>Whether a product of two matrices of this type on this device is made here.</summary>
    public static bool Take(ScalarType type, DeviceType device) => type == ScalarType.BFloat16 && device == DeviceType.CPU && Available.Value;

    /// <summary>a b in float32, without a gradient.</summary>
    /// <param name="a">(m, k) bfloat16 on the CPU.</param>
    /// <param name="b">(k, n) of the same kind.</param>
    /// <returns>(m, n) float32.</returns>
    public static Tensor Multiply(Tensor a, Tensor b)
    {
        var result = empty([a.shape[0], b.shape[1]]);
        NativeExtensions.Check(lhts_product(a.Handle, b.Handle, result.Handle));
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(result);
        return result;
    }

    [LibraryImport(Library)] private static partial int lhts_product_available();

    [LibraryImport(Library)] private static partial int lhts_product(IntPtr a, IntPtr b, IntPtr result);
}
