using System.Runtime.InteropServices;

namespace Lhts.Data.DuckDb;

/// <summary>Up to <see cref="TextChunk.MaxRows"/> lists of numbers that go into DuckDB, row after row; valid during one call.</summary>
internal sealed unsafe partial class FloatListChunk(nint vector)
{
    private ulong _numValues;

    /// <summary>Copies the numbers into a row.</summary>
    /// <exception cref="DuckDbException">There is no memory for them.</exception>
    public void Set(int row, ReadOnlySpan<float> values)
    {
        Entries[row] = new ListEntry(_numValues, (ulong)values.Length);
        var end = _numValues + (ulong)values.Length;
        if (duckdb_list_vector_reserve(vector, end) != 0 || duckdb_list_vector_set_size(vector, end) != 0)
        {
            throw new DuckDbException($"DuckDB could not hold a list of {values.Length} numbers.");
        }

        // Reserving may move the elements.
        var elements = (float*)duckdb_vector_get_data(duckdb_list_vector_get_child(vector));
        values.CopyTo(new Span<float>(elements + _numValues, values.Length));
        _numValues = end;
    }

    /// <summary>Makes a row NULL.</summary>
    public void SetNull(int row)
    {
        Entries[row] = new ListEntry(_numValues, 0);
        duckdb_vector_ensure_validity_writable(vector);
        duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), (ulong)row);
    }

    private ListEntry* Entries => (ListEntry*)duckdb_vector_get_data(vector);

    [LibraryImport("duckdb")]
    private static partial nint duckdb_list_vector_get_child(nint vector);

    [LibraryImport("duckdb")]
    private static partial int duckdb_list_vector_reserve(nint vector, ulong capacity);

    [LibraryImport("duckdb")]
    private static partial int duckdb_list_vector_set_size(nint vector, ulong size);

    [LibraryImport("duckdb")]
    private static partial void* duckdb_vector_get_data(nint vector);

    [LibraryImport("duckdb")]
    private static partial ulong* duckdb_vector_get_validity(nint vector);

    [LibraryImport("duckdb")]
    private static partial void duckdb_vector_ensure_validity_writable(nint vector);

    [LibraryImport("duckdb")]
    private static partial void duckdb_validity_set_row_invalid(ulong* validity, ulong row);
}
