namespace Lhts.Data.DuckDb;

/// <summary>DuckDB refused an operation; the message is DuckDB's own.</summary>
internal sealed class DuckDbException(string message) : Exception(message);
