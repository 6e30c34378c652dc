using System.Runtime.InteropServices;
using System.Text;
using TorchSharp.Native;

namespace TorchSharp;

/// <summary>The kind of a failure inside libtorch. The numbers are those of lhts::Status in lhts.h.</summary>
public enum TorchError
{
    /// <summary>An error of no more particular kind, such as mismatched shapes.</summary>
    Error = 1,

    /// <summary>An index or dimension out of range.</summary>
    IndexError = 2,

    /// <summary>A value outside what the operator accepts.</summary>
    ValueError = 3,

    /// <summary>A type outside what the operator accepts.</summary>
    TypeError = 4,

    /// <summary>The operator has no kernel for this dtype or device.</summary>
    NotImplemented = 5,

    /// <summary>Host or device memory ran out.</summary>
    OutOfMemory = 6,

    /// <summary>A C++ standard exception that is not libtorch's.</summary>
    StandardException = 7,

    /// <summary>A C++ exception of a type that is not known.</summary>
    UnknownException = 8,

    /// <summary>A disposed or null tensor, an unknown operator, or a wrong number of arguments.</summary>
    InvalidArgument = 9,
}

/// <summary>A C++ exception caught at the boundary: libtorch's first line, and the operator and argument shapes where there is one.</summary>
public sealed class TorchException : ExternalException
{
    internal TorchException(TorchError kind, string message)
        : base(message) => Kind = kind;

    /// <summary>What kind of failure this is.</summary>
    public TorchError Kind { get; }

    /// <summary>The last failure of this thread, with what was called appended.</summary>
    internal static unsafe TorchException FromLastError(TorchError kind, string? call)
    {
        var message = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(NativeMethods.lhts_last_error()));
        return new TorchException(kind, call is null ? message : $"{message} [{call}]");
    }
}
