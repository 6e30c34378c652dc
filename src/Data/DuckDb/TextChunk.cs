using System.Runtime.InteropServices;

namespace Lhts.Data.DuckDb;

/// <summary>Up to <see cref="MaxRows"/> strings that go into DuckDB; valid during one call.</summary>
internal readonly unsafe partial struct TextChunk(nint vector)
{
    /// <summary>STANDARD_VECTOR_SIZE of DuckDB, checked by a test against the library.</summary>
    public const int MaxRows = 2048;

    /// <summary>duckdb_vector_size of the library.</summary>
    public static int VectorSize => checked((int)duckdb_vector_size());

    /// <summary>Copies the bytes, which must be UTF-8, into a row.</summary>
    public void Set(int row, ReadOnlySpan<byte> utf8)
    {
        fixed (byte* start = utf8)
        {
            byte nothing;
            duckdb_vector_assign_string_element_len(vector, (ulong)row, start is null ? &nothing : start, (ulong)utf8.Length);
        }
    }

    [LibraryImport("duckdb")]
    private static partial void duckdb_vector_assign_string_element_len(nint vector, ulong row, byte* text, ulong length);

    [LibraryImport("duckdb")]
    private static partial ulong duckdb_vector_size();
}
