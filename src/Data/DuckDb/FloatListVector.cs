namespace Lhts.Data.DuckDb;

/// <summary>
/// A FLOAT[] column of a chunk: a range of elements for each row, and bit masks of rows and elements that are not NULL (absent when all are valid).
/// </summary>
internal readonly unsafe struct FloatListVector(ListEntry* entries, ulong* validity, float* elements, ulong* elementValidity)
{
    public bool IsNull(int row) => !IsValid(validity, (ulong)row);

    /// <summary>The elements of a row that is not NULL.</summary>
    public ReadOnlySpan<float> Values(int row) => new(elements + entries[row].Offset, checked((int)entries[row].Length));

    /// <summary>Whether an element of the row is NULL.</summary>
    public bool HasNulls(int row)
    {
        if (elementValidity == null) return false;
        var (offset, length) = (entries[row].Offset, entries[row].Length);
        for (var i = offset; i < offset + length; i++)
        {
            if (!IsValid(elementValidity, i)) return true;
        }

        return false;
    }

    private static bool IsValid(ulong* mask, ulong index) => mask == null || (mask[index >> 6] >> (int)(index & 63) & 1) != 0;
}

/// <summary>duckdb_list_entry: which of the vector's elements a row has.</summary>
internal readonly record struct ListEntry(ulong Offset, ulong Length);
