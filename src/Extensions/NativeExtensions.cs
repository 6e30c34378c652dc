using System.Runtime.InteropServices;
using System.Text;

namespace Lhts.Extensions;

/// <summary>
/// liblhts.so, as far as what TorchSharp lacks needs it. Tensors go in by their handles, an <c>at::Tensor*</c> both in src/Torch
/// and in TorchSharp, so it serves either; it must have been built against the libtorch that the process loads. The runtime finds it beside the assembly.
/// </summary>
internal static unsafe partial class NativeExtensions
{
    private const string Library = "lhts";

    private static readonly Lazy<string?> Absence = new(FindAbsence);

    /// <summary>Why the library cannot be used; null where it can.</summary>
    public static string? WhyMissing => Absence.Value;

    [LibraryImport(Library)]
    internal static partial int lhts_autocast_enter(int deviceType, int scalarType, int enabled, int* wasEnabled, int* wasType);

    [LibraryImport(Library)] internal static partial int lhts_autocast_leave(int deviceType, int wasEnabled, int wasType);

    [LibraryImport(Library)] private static partial byte* lhts_last_error();

    /// <summary>Says in the words of whoever asks that the library is missing.</summary>
    /// <exception cref="PlatformNotSupportedException">It is missing.</exception>
    internal static void Require(string feature)
    {
        if (WhyMissing is { } reason) throw new PlatformNotSupportedException(MissingMessage(feature, reason));
    }

    internal static string MissingMessage(string feature, string reason) =>
        $"{feature} needs liblhts.so, which could not be loaded: {reason} Build it with ./eng/setup.sh, with LIBTORCH set to the folder of the libtorch in "
        + "use.";

    /// <summary>Turns a status into an exception.</summary>
    internal static void Check(int status)
    {
        if (status == 0) return;
        throw new ExternalException(LastError());
    }

    /// <summary>The message of this thread's last failure.</summary>
    internal static string LastError() => Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(lhts_last_error()));

    private static string? FindAbsence()
    {
        try
        {
            NativeLibrary.Load(Library, typeof(NativeExtensions).Assembly, searchPath: null);
            return null;
        }
        catch (DllNotFoundException e)
        {
            return e.Message.Split('\n')[0];
        }
    }
}
