using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lhts.Data.DuckDb;

/// <summary>A duckdb_result: a struct that the caller owns, kept in unmanaged memory.</summary>
internal sealed unsafe partial class ResultHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public ResultHandle() : base(ownsHandle: true) =>
        SetHandle((nint)NativeMemory.AllocZeroed((nuint)sizeof(ResultStruct)));

    /// <summary>Where the struct lies, for the call that fills it.</summary>
    public nint Address => handle;

    /// <summary>The error of the last operation on this result; null when there is none.</summary>
    public string? Error => Marshal.PtrToStringUTF8(duckdb_result_error(handle));

    /// <summary>The next rows; null after the last.</summary>
    /// <exception cref="DuckDbException">The query failed while running.</exception>
    public ChunkHandle? FetchChunk()
    {
        var chunk = duckdb_fetch_chunk(*(ResultStruct*)handle);
        if (!chunk.IsInvalid) return chunk;
        chunk.Dispose();
        return Error is { Length: > 0 } error ? throw new DuckDbException(error) : null;
    }

    protected override bool ReleaseHandle()
    {
        duckdb_destroy_result(handle);
        NativeMemory.Free((void*)handle);
        return true;
    }

    [LibraryImport("duckdb")]
    private static partial nint duckdb_result_error(nint result);

    [LibraryImport("duckdb")]
    private static partial ChunkHandle duckdb_fetch_chunk(ResultStruct result);

    [LibraryImport("duckdb")]
    private static partial void duckdb_destroy_result(nint result);

    /// <summary>duckdb_result of duckdb.h: five deprecated members, then the one that is used.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ResultStruct
    {
        public ulong DeprecatedColumnCount;
        public ulong DeprecatedRowCount;
        public ulong DeprecatedRowsChanged;
        public nint DeprecatedColumns;
        public nint DeprecatedErrorMessage;
        public nint InternalData;
    }
}
