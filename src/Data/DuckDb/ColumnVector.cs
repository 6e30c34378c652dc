using System.Runtime.InteropServices;
using System.Text;

namespace Lhts.Data.DuckDb;

/// <summary>One column of a chunk: flat values and a bit mask of those that are not NULL (absent when all are valid).</summary>
internal readonly unsafe struct ColumnVector(void* data, ulong* validity)
{
    /// <summary>Strings of up to this many bytes lie inside the 16-byte duckdb_string_t.</summary>
    internal const int MaxInlinedBytes = 12;

    public bool IsNull(int row) => validity != null && (validity[row >> 6] >> (row & 63) & 1) == 0;

    public long Int64(int row) => ((long*)data)[row];

    /// <summary>The UTF-8 bytes of a VARCHAR or the bytes of a BLOB.</summary>
    public ReadOnlySpan<byte> Bytes(int row)
    {
        var value = (StringStruct*)data + row;
        var start = value->Length <= MaxInlinedBytes ? value->Inlined : value->Pointer;
        return new ReadOnlySpan<byte>(start, checked((int)value->Length));
    }

    public string Text(int row) => Encoding.UTF8.GetString(Bytes(row));

    /// <summary>duckdb_string_t: a length, then either 12 bytes of text or a 4-byte prefix and a pointer.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    internal struct StringStruct
    {
        [FieldOffset(0)] public uint Length;
        [FieldOffset(4)] public fixed byte Inlined[MaxInlinedBytes];
        [FieldOffset(8)] public byte* Pointer;
    }
}

/// <summary>Types of columns that are written; the numbers are those of duckdb_type in duckdb.h.</summary>
internal enum ColumnType
{
    /// <summary>DUCKDB_TYPE_FLOAT: 32 bits.</summary>
    Float = 10,

    /// <summary>DUCKDB_TYPE_VARCHAR.</summary>
    Text = 17,

    /// <summary>DUCKDB_TYPE_LIST of FLOAT.</summary>
    FloatList = 24,
}
