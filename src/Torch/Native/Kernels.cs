using System.Runtime.Intrinsics.X86;

namespace TorchSharp.Native;

/// <summary>Which matrix kernels OpenBLAS uses.</summary>
internal static class Kernels
{
    private const string Variable = "OPENBLAS_CORETYPE";

    /// <summary>
    /// OpenBLAS knows processors by their model numbers, and takes one that is newer than itself for a Prescott of 2004: on Debian 12's 0.3.21 a Sapphire
    /// Rapids multiplied at 32 GFLOP/s, and at 150 with the kernels that its own instructions allow (docs/log.md). So a processor with AVX-512 is called by the
    /// first name that has it. A variable that is set stays. Must be called before OpenBLAS is loaded, which reads it once.
    /// </summary>
    public static void Choose()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)) && BestFor(HasAvx512) is { } name) NativeVariable.SetDefault(Variable, name);
    }

    /// <summary>The name for OpenBLAS; null where it is left to find one.</summary>
    internal static string? BestFor(bool hasAvx512) => hasAvx512 ? "SkylakeX" : null;

    /// <summary>Whether the processor has the parts of AVX-512 that kernels are written for.</summary>
    internal static bool HasAvx512 => Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512CD.IsSupported && Avx512F.VL.IsSupported;
}
