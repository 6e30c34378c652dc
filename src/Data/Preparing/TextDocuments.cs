using System.Buffers;

namespace Lhts.Data.Preparing;

/// <summary>Documents of plain text.</summary>
internal static class TextDocuments
{
    public static IEnumerable<ReadOnlyMemory<byte>> Read(LineReader lines, string name, TextLayout layout, int maxBytes) =>
        layout == TextLayout.Line ? Lines(lines) : Joined(lines, name, layout, maxBytes);

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(LineReader lines)
    {
        while (lines.TryRead(out var line)) yield return line;
    }

    // Lines are joined by LF; a document never ends with one.
    private static IEnumerable<ReadOnlyMemory<byte>> Joined(LineReader lines, string name, TextLayout layout, int maxBytes)
    {
        var document = new ArrayBufferWriter<byte>();
        var pendingLineEnds = 0;
        while (lines.TryRead(out var line))
        {
            // Between documents a line of blanks is a blank line; within a whole file it is text.
            var isBlank = layout == TextLayout.BlankLine ? line.Span.IndexOfAnyExcept(" \t"u8) < 0 : line.Length == 0;
            if (isBlank && layout == TextLayout.BlankLine)
            {
                if (document.WrittenCount > 0) yield return document.WrittenMemory;
                (document, pendingLineEnds) = (Cleared(document), 0);
                continue;
            }

            if (document.WrittenCount + pendingLineEnds + line.Length > maxBytes) throw TooLong(name, lines.LineNumber, maxBytes);
            if (!isBlank) Flush(document, ref pendingLineEnds);
            if (!isBlank) document.Write(line.Span);
            pendingLineEnds++;
        }

        if (document.WrittenCount > 0) yield return document.WrittenMemory;
    }

    private static void Flush(ArrayBufferWriter<byte> document, ref int pendingLineEnds)
    {
        // Leading blank lines of a file are dropped too.
        if (document.WrittenCount > 0) for (; pendingLineEnds > 0; pendingLineEnds--) document.Write("\n"u8);
        pendingLineEnds = 0;
    }

    private static ArrayBufferWriter<byte> Cleared(ArrayBufferWriter<byte> document)
    {
        document.ResetWrittenCount();
        return document;
    }

    private static InvalidDataException TooLong(string name, long line, int maxBytes) =>
        new(
            $"'{name}' line {line}: the document is longer than {maxBytes} bytes. Cut it, or separate documents by blank lines or line ends.");
}
