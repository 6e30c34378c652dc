namespace TorchSharp.Native;

/// <summary>What OpenMP's threads do while they have nothing to do.</summary>
internal static class Waiting
{
    /// <summary>
    /// They look for work for some microseconds and then sleep, unless <c>OMP_WAIT_POLICY</c> or <c>GOMP_SPINCOUNT</c> says otherwise: on a machine that is
    /// shared, threads that spin for long made steps 5 to 7 times slower, and on a quiet one threads that sleep at once made them 1.5 times slower
    /// (docs/log.md). Must be called before OpenMP's library is loaded, which reads the variables once.
    /// </summary>
    public static void Choose()
    {
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null) NativeVariable.SetDefault("GOMP_SPINCOUNT", "5000");
    }
}
