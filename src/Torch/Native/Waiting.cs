namespace TorchSharp.Native;

/// <summary>What OpenMP's threads do while they have nothing to do.</summary>
internal static class Waiting
{
    /// <summary>
    /// They sleep rather than spin, unless <c>OMP_WAIT_POLICY</c> or <c>GOMP_SPINCOUNT</c> says otherwise: on a machine that is shared, spinning threads of several
    /// processes made steps 5 to 7 times slower (docs/log.md). Must be called before OpenMP's library is loaded, which reads the variable once.
    /// </summary>
    public static void Choose()
    {
        if (Environment.GetEnvironmentVariable("GOMP_SPINCOUNT") is null) NativeVariable.SetDefault("OMP_WAIT_POLICY", "PASSIVE");
    }
}
