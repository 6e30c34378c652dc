using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace TorchSharp.Native;

/// <summary>
/// Which matrix kernels OpenBLAS uses. Debian 12's (0.3.21) does not know AMD's processors with AVX-512 and takes its AVX2 kernels there, at about half
/// the speed. It decides once, as it is loaded, by an environment variable or else by the processor.
/// </summary>
internal static partial class BlasKernels
{
    private const string Variable = "OPENBLAS_CORETYPE";
    private const string Avx512Kernels = "SKYLAKEX";

    /// <summary>Call before libtorch is loaded. What the environment says already stays.</summary>
    public static void Choose()
    {
        // The variable of the process itself: that of the runtime (Environment) is a copy which native code does not see.
        if (OperatingSystem.IsLinux() && IsAmd && HasAvx512) _ = setenv(Variable, Avx512Kernels, overwrite: 0);
    }

    /// <summary>Whether the processor has what the AVX-512 kernels use.</summary>
    public static bool HasAvx512 => Avx512F.IsSupported && Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported && Avx512CD.VL.IsSupported;

    private static bool IsAmd
    {
        get
        {
            if (!X86Base.IsSupported) return false;
            var (_, ebx, ecx, edx) = X86Base.CpuId(0, 0);
            ReadOnlySpan<int> name = [ebx, edx, ecx];
            return MemoryMarshal.AsBytes(name).SequenceEqual("AuthenticAMD"u8);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
