using System.Globalization;

namespace Lhts.Data.Inspecting;

/// <summary>A document that is shown.</summary>
/// <param name="Place">File and row.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Beginning">Its first characters, control characters escaped.</param>
public sealed record SampleDocument(string Place, long Bytes, string Beginning);

/// <summary>What a data set holds.</summary>
public sealed record DataReport
{
    private const int BarWidth = 40;

    /// <summary>Files.</summary>
    public required int NumShards { get; init; }

    /// <summary>Rows of the row groups.</summary>
    public required LengthStatistics RowGroupRows { get; init; }

    /// <summary>Bytes on the disk.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Documents that are NULL.</summary>
    public required long NullDocuments { get; init; }

    /// <summary>Documents without text.</summary>
    public required long EmptyDocuments { get; init; }

    /// <summary>UTF-8 bytes of the other documents.</summary>
    public required LengthStatistics Bytes { get; init; }

    /// <summary>Tokens of the other documents, without end-of-text; null without a tokenizer.</summary>
    public LengthStatistics? Tokens { get; init; }

    /// <summary>Some documents, in file order.</summary>
    public required IReadOnlyList<SampleDocument> Samples { get; init; }

    /// <summary>The report as text, with a histogram of lengths.</summary>
    public void Write(TextWriter output)
    {
        void Line(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        Line($"files       {NumShards:N0}, {FileBytes:N0} bytes");
        Line($"row groups  {RowGroupRows.Count:N0}, of {RowGroupRows.Min:N0} to {RowGroupRows.Max:N0} rows");
        Line($"documents   {RowGroupRows.Sum:N0}, of them {NullDocuments:N0} null and {EmptyDocuments:N0} empty");
        WriteLengths(Line, "bytes", Bytes);
        if (Tokens is { Sum: > 0 } tokens)
        {
            WriteLengths(Line, "tokens", tokens);
            Line($"            {(double)Bytes.Sum / tokens.Sum:F2} bytes a token");
        }

        var shown = Tokens ?? Bytes;
        Line($"");
        Line($"{(Tokens is null ? "bytes" : "tokens")} of a document");
        var most = Math.Max(1, shown.PowersOfTwo().Select(bin => bin.Count).DefaultIfEmpty().Max());
        foreach (var (from, to, count) in shown.PowersOfTwo().SkipWhile(bin => bin.Count == 0))
        {
            Line($"{from,12:N0} - {to,-12:N0} {new string('#', (int)Math.Ceiling((double)BarWidth * count / most)),-BarWidth} {count:N0}");
        }

        foreach (var sample in Samples)
        {
            Line($"");
            Line($"{sample.Place}, {sample.Bytes:N0} bytes:");
            Line($"{sample.Beginning}");
        }
    }

    private static void WriteLengths(Action<FormattableString> line, string unit, LengthStatistics lengths)
    {
        var (half, most, nearlyAll, least, greatest) = (lengths.Quantile(0.5), lengths.Quantile(0.9), lengths.Quantile(0.99), lengths.Min, lengths.Max);
        FormattableString quantiles = $"(median {half:N0}, 90% up to {most:N0}, 99% up to {nearlyAll:N0}, {least:N0} to {greatest:N0})";
        line($"{unit,-11} {lengths.Sum:N0}; a document has {lengths.Mean:F1} {FormattableString.Invariant(quantiles)}");
    }
}
