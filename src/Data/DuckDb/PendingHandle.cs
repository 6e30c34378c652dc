using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lhts.Data.DuckDb;

/// <summary>A duckdb_pending_result: a statement about to run.</summary>
internal sealed partial class PendingHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    public static PendingHandle Start(StatementHandle statement)
    {
        if (duckdb_pending_prepared_streaming(statement, out var pending) == 0) return pending;
        var message = Marshal.PtrToStringUTF8(duckdb_pending_error(pending)) ?? "no reason given";
        pending.Dispose();
        throw new DuckDbException(message);
    }

    public ResultHandle Execute()
    {
        var result = new ResultHandle();
        if (duckdb_execute_pending(this, result.Address) == 0) return result;
        var message = result.Error ?? "no reason given";
        result.Dispose();
        throw new DuckDbException(message);
    }

    protected override bool ReleaseHandle()
    {
        duckdb_destroy_pending(ref handle);
        return true;
    }

    [LibraryImport("duckdb")]
    private static partial int duckdb_pending_prepared_streaming(StatementHandle statement, out PendingHandle pending);

    [LibraryImport("duckdb")]
    private static partial nint duckdb_pending_error(PendingHandle pending);

    [LibraryImport("duckdb")]
    private static partial int duckdb_execute_pending(PendingHandle pending, nint result);

    [LibraryImport("duckdb")]
    private static partial void duckdb_destroy_pending(ref nint pending);
}
