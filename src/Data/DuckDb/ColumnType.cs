namespace Lhts.Data.DuckDb;

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
