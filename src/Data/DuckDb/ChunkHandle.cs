using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lhts.Data.DuckDb;

/// <summary>A duckdb_data_chunk: up to 2048 rows, one vector for each column.</summary>
internal sealed unsafe partial class ChunkHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    public int NumRows => checked((int)duckdb_data_chunk_get_size(this));

    public int NumColumns => checked((int)duckdb_data_chunk_get_column_count(this));

    /// <summary>The values of a column; they live as long as this chunk.</summary>
    public ColumnVector Column(int index)
    {
        var vector = duckdb_data_chunk_get_vector(this, (ulong)index);
        return new ColumnVector(duckdb_vector_get_data(vector), duckdb_vector_get_validity(vector));
    }

    /// <summary>The values of a column of type FLOAT[]; they live as long as this chunk.</summary>
    public FloatListVector FloatLists(int index)
    {
        var vector = duckdb_data_chunk_get_vector(this, (ulong)index);
        var child = duckdb_list_vector_get_child(vector);
        return new FloatListVector(
            (ListEntry*)duckdb_vector_get_data(vector), duckdb_vector_get_validity(vector), (float*)duckdb_vector_get_data(child),
            duckdb_vector_get_validity(child));
    }

    protected override bool ReleaseHandle()
    {
        duckdb_destroy_data_chunk(ref handle);
        return true;
    }

    [LibraryImport("duckdb")]
    private static partial ulong duckdb_data_chunk_get_size(ChunkHandle chunk);

    [LibraryImport("duckdb")]
    private static partial ulong duckdb_data_chunk_get_column_count(ChunkHandle chunk);

    [LibraryImport("duckdb")]
    private static partial nint duckdb_data_chunk_get_vector(ChunkHandle chunk, ulong column);

    [LibraryImport("duckdb")]
    private static partial nint duckdb_list_vector_get_child(nint vector);

    [LibraryImport("duckdb")]
    private static partial void* duckdb_vector_get_data(nint vector);

    [LibraryImport("duckdb")]
    private static partial ulong* duckdb_vector_get_validity(nint vector);

    [LibraryImport("duckdb")]
    private static partial void duckdb_destroy_data_chunk(ref nint chunk);
}
