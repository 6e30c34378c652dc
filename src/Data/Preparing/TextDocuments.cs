namespace Lhts.Data.Preparing;

/// <summary>
/// Documents of plain text, as rows: a document that is longer than a row becomes several, cut between words, so that a text of any length streams through
/// memory for a row or two.
/// </summary>
/// <param name="lines">The text, in pieces of at most a row.</param>
/// <param name="maxRowBytes">Most bytes of a row.</param>
internal sealed class TextDocuments(LineReader lines, int maxRowBytes)
{
    private readonly RowBuffer buffer = new(maxRowBytes);
    private int pendingLineEnds;

    /// <summary>The rows in order; each is good until the next is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Read(TextLayout layout) => layout == TextLayout.Line ? Lines() : Joined(layout);

    private IEnumerable<ReadOnlyMemory<byte>> Lines()
    {
        while (lines.TryRead(out var line)) yield return line;
    }

    // Lines are joined by LF; a document never ends with one.
    private IEnumerable<ReadOnlyMemory<byte>> Joined(TextLayout layout)
    {
        var isWithinLine = false;
        while (lines.TryRead(out var line))
        {
            // Between documents a line of blanks is a blank line; within a whole file, or a long line, it is text.
            var isWhole = !isWithinLine && !lines.IsCut;
            var isBlank = isWhole && (layout == TextLayout.BlankLine ? line.Span.IndexOfAnyExcept(" \t"u8) < 0 : line.Length == 0);
            if (isBlank && layout == TextLayout.BlankLine)
            {
                if (buffer.Length > 0) yield return buffer.Rest;
                buffer.Clear();
                pendingLineEnds = 0;
                continue;
            }

            if (!isBlank) Add(line.Span);
            while (buffer.TryCut(out var row)) yield return row;
            isWithinLine = lines.IsCut;
            if (!isWithinLine) pendingLineEnds++;
        }

        if (buffer.Length > 0) yield return buffer.Rest;
    }

    private void Add(ReadOnlySpan<byte> text)
    {
        // Leading blank lines of a file are dropped too.
        if (buffer.Length == 0) pendingLineEnds = 0;
        for (; pendingLineEnds > 0; pendingLineEnds--) buffer.Add("\n"u8);
        buffer.Add(text);
    }
}
