using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>What OpenMP's threads do while they have nothing to do.</summary>
internal static partial class Waiting
{
    private const int Keep = 0;

    /// <summary>
    /// They sleep rather than spin, unless <c>OMP_WAIT_POLICY</c> or <c>GOMP_SPINCOUNT</c> says otherwise: on a machine that is shared, spinning threads of several
    /// processes made steps 5 to 7 times slower (docs/log.md). Must be called before OpenMP's library is loaded, which reads the variable once.
    /// </summary>
    public static void Choose()
    {
        if (OperatingSystem.IsWindows() || Environment.GetEnvironmentVariable("GOMP_SPINCOUNT") is not null) return;
        _ = SetVariable("OMP_WAIT_POLICY", "PASSIVE", Keep); // .NET's own would not reach native code
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int replace);
}
