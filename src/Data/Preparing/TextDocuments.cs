namespace Lhts.Data.Preparing;

/// <summary>
/// Documents of plain text, as rows: a document that is longer than a row becomes several, cut between words, so that a text of any length streams through
/// memory for a row or two.
/// </summary>
/// <param name="lines">The text, in pieces of at most a row.</param>
/// <param name="maxRowBytes">Most bytes of a row.</param>
internal sealed class TextDocuments(LineReader lines, int maxRowBytes)
{
    private byte[] buffer = new byte[1 << 10];
    private int length;
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
                if (length > 0) yield return buffer.AsMemory(0, length);
                (length, pendingLineEnds) = (0, 0);
                continue;
            }

            if (!isBlank) Add(line.Span);
            while (length > maxRowBytes)
            {
                var cut = TextCut.At(buffer.AsSpan(0, length), maxRowBytes);
                yield return buffer.AsMemory(0, cut);
                buffer.AsSpan(cut, length - cut).CopyTo(buffer);
                length -= cut;
            }

            isWithinLine = lines.IsCut;
            if (!isWithinLine) pendingLineEnds++;
        }

        if (length > 0) yield return buffer.AsMemory(0, length);
    }

    private void Add(ReadOnlySpan<byte> text)
    {
        // Leading blank lines of a file are dropped too.
        if (length == 0) pendingLineEnds = 0;
        var needed = length + pendingLineEnds + text.Length;
        if (needed > buffer.Length) Array.Resize(ref buffer, Math.Max(needed, 2 * buffer.Length));
        buffer.AsSpan(length, pendingLineEnds).Fill((byte)'\n');
        text.CopyTo(buffer.AsSpan(length + pendingLineEnds));
        (length, pendingLineEnds) = (needed, 0);
    }
}
