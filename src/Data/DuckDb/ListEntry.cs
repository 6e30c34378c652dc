namespace Lhts.Data.DuckDb;

/// <summary>duckdb_list_entry: which of the vector's elements a row has.</summary>
internal readonly record struct ListEntry(ulong Offset, ulong Length);
