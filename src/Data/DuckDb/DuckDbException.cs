namespace Lhts.Data.DuckDb;

/// <summary>DuckDB refused an operation; the message is DuckDB's own.</summary>
internal sealed class DuckDbException(string message) : Exception(message)
{
    // DuckDB begins its messages with the kind of error. These say nothing about the file that was read; after the last
    // two the database refuses everything.
    private static readonly string[] OtherKinds = ["Out of Memory Error", "INTERRUPT Error", "INTERNAL Error", "FATAL Error"];

    /// <summary>Whether another query over other data may work.</summary>
    public bool IsAboutData => !OtherKinds.Any(kind => Message.StartsWith(kind, StringComparison.OrdinalIgnoreCase));

    /// <summary>The first line, as a sentence.</summary>
    public string FirstLine
    {
        get
        {
            var line = Message.Split('\n')[0].TrimEnd();
            return line.EndsWith('.') ? line : line + ".";
        }
    }
}
