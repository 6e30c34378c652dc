using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>Environment variables as native libraries see them: .NET's own changes do not reach native code.</summary>
internal static partial class NativeVariable
{
    private const int Keep = 0;

    /// <summary>Sets a variable that is not set yet. Of no effect on Windows, whose libraries are others.</summary>
    public static void SetDefault(string name, string value)
    {
        if (!OperatingSystem.IsWindows()) _ = Set(name, value, Keep);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(string name, string value, int replace);
}
