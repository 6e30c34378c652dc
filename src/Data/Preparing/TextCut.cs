namespace Lhts.Data.Preparing;

/// <summary>Cuts long text between words.</summary>
internal static class TextCut
{
    private static ReadOnlySpan<byte> Blanks => " \t\n\r"u8;

    /// <summary>
    /// Where to cut UTF-8 text that is longer than a bound: behind the last blank within it, else between two characters. The parts in a row are the text.
    /// </summary>
    /// <param name="utf8">The text, longer than the bound.</param>
    /// <param name="maxBytes">The bound, at least 1.</param>
    /// <returns>Bytes of the first part: from 1 to the bound, or those of one character where it is longer.</returns>
    public static int At(ReadOnlySpan<byte> utf8, int maxBytes)
    {
        if (utf8[..maxBytes].LastIndexOfAny(Blanks) is >= 0 and var blank) return blank + 1;
        var cut = maxBytes;
        while (cut > 0 && IsWithinCharacter(utf8[cut])) cut--;
        if (cut > 0) return cut;
        for (cut = 1; cut < utf8.Length && IsWithinCharacter(utf8[cut]); cut++)
        {
            // to the end of the first character
        }

        return cut;
    }

    /// <summary>A text in parts that keep to the bound; empty text is one part.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Parts(ReadOnlyMemory<byte> utf8, int maxBytes)
    {
        for (; utf8.Length > maxBytes; utf8 = utf8[At(utf8.Span, maxBytes)..]) yield return utf8[..At(utf8.Span, maxBytes)];
        yield return utf8;
    }

    private static bool IsWithinCharacter(byte value) => (value & 0xC0) == 0x80;
}
