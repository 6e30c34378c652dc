namespace Lhts.Data.Tokenizers.BytePair;

/// <summary>
/// Cuts text into the pieces within which GPT-2 merges, in one pass. The pieces are the matches of
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.
/// </summary>
internal static class WordScanner
{
    /// <summary>The end of the piece that begins at <paramref name="start"/>, which must be inside the text.</summary>
    public static int End(ReadOnlySpan<byte> utf8, int start)
    {
        if (utf8[start] == '\'' && Contraction(utf8[start..]) is var length and > 0) return start + length;
        var begin = utf8[start] == ' ' && start + 1 < utf8.Length ? start + 1 : start;
        var kind = CharacterClasses.At(utf8[begin..], out _);
        if (kind != CharacterClass.Space) return RunEnd(utf8, begin, kind, out _);

        // White space leaves its last character to the piece that follows, unless it is alone or nothing follows.
        var end = RunEnd(utf8, start, CharacterClass.Space, out var last);
        return end == utf8.Length || last == start ? end : last;
    }

    private static int RunEnd(ReadOnlySpan<byte> utf8, int start, CharacterClass kind, out int last)
    {
        last = start;
        for (var at = start; at < utf8.Length;)
        {
            if (CharacterClasses.At(utf8[at..], out var length) != kind) return at;
            last = at;
            at += length;
        }

        return utf8.Length;
    }

    private static int Contraction(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length < 2) return 0;
        if (utf8[1] is (byte)'s' or (byte)'t' or (byte)'m' or (byte)'d') return 2;
        if (utf8.Length < 3) return 0;
        return (utf8[1], utf8[2]) is ((byte)'r', (byte)'e') or ((byte)'v', (byte)'e') or ((byte)'l', (byte)'l') ? 3 : 0;
    }
}
