using System.Buffers;
using System.Text.Json;

namespace Lhts.Data.Preparing;

/// <summary>
/// A line of JSON that is longer than a piece of it in memory. The value of the text member streams through, unescaped; other long strings are passed over.
/// What is left, an object with short strings, is then read as any other line, so that nothing malformed is let through.
/// </summary>
/// <param name="lines">Where the line's other pieces come from.</param>
/// <param name="field">The member with the text.</param>
/// <param name="bad">Makes an error of this line.</param>
internal sealed class LongJsonLine(LineReader lines, string field, Func<string, InvalidDataException> bad)
{
    // Longer strings are neither a name that is looked for nor kept.
    private const int MaxKept = 1 << 16;

    // What is no string: more brackets and numbers than any document has beside its text.
    private const int MaxOutline = 1 << 26;

    // Two escapes of six characters each may stand for one character.
    private const int LongestEscape = 12;

    private readonly ArrayBufferWriter<byte> outline = new();
    private readonly ArrayBufferWriter<byte> content = new(); // of the string that is being read, as far as it is kept
    private readonly List<int> escapes = []; // where they begin in what is kept of the text
    private byte[] quoted = new byte[1 << 10]; // the text from its second byte on, with room for quotes around it
    private byte[] unescaped = [];
    private int numWaiting;
    private byte[] lastString = [];
    private byte lastSign;
    private int depth;
    private bool isInString, isEscaped, isText, isLong, hadText;

    /// <summary>The object without its long strings; to be read once the text has been.</summary>
    public ReadOnlyMemory<byte> Outline => outline.WrittenMemory;

    /// <summary>The text in parts, each good until the next is asked for.</summary>
    /// <param name="piece">The line's first piece.</param>
    /// <exception cref="InvalidDataException">A string is malformed or has no end, or the text is there twice.</exception>
    public IEnumerable<ReadOnlyMemory<byte>> Text(ReadOnlyMemory<byte> piece)
    {
        for (var isLast = false; !isLast; isLast = !lines.IsCut || !lines.TryRead(out piece))
        {
            for (var at = 0; at < piece.Length;)
            {
                var part = isInString ? String(piece, ref at) : Between(piece.Span, ref at);
                if (part.Length > 0) yield return part;
            }
        }

        if (isInString) throw bad("is not JSON: a string of it has no end. Mend or remove the line.");
    }

    /// <summary>What stands up to the next string.</summary>
    private ReadOnlyMemory<byte> Between(ReadOnlySpan<byte> piece, ref int at)
    {
        var quote = piece[at..].IndexOf((byte)'"');
        var run = quote < 0 ? piece[at..] : piece.Slice(at, quote);
        foreach (var sign in run)
        {
            depth += sign is (byte)'{' or (byte)'[' ? 1 : sign is (byte)'}' or (byte)']' ? -1 : 0;
            if (sign > ' ') lastSign = sign;
        }

        Keep(outline, run, MaxOutline, "has more beside its strings than a document may have");
        at += run.Length + (quote < 0 ? 0 : 1);
        if (quote < 0) return default;
        (isInString, isLong) = (true, false);
        isText = depth == 1 && lastSign == ':' && IsField(lastString);
        if (isText && hadText) throw bad($"has \"{field}\" twice. Mend or remove the line.");
        hadText |= isText;
        content.ResetWrittenCount();
        escapes.Clear();
        return default;
    }

    /// <summary>What stands up to a string's end, or that of the piece: of the text unescaped, of others nothing.</summary>
    private ReadOnlyMemory<byte> String(ReadOnlyMemory<byte> piece, ref int at)
    {
        var bytes = piece.Span;
        var start = at;
        while (at < bytes.Length && (isEscaped || bytes[at] != '"')) Next(bytes, start, ref at);
        var hasEnd = at < bytes.Length;
        var run = bytes[start..at];
        if (hasEnd) at++;
        if (isText) return TextOf(run, hasEnd);
        isLong |= content.WrittenCount + run.Length > MaxKept;
        if (!isLong) content.Write(run);
        if (hasEnd) End(isLong ? [] : [.. content.WrittenSpan]);
        return default;
    }

    /// <summary>Goes on to the next quote or escape, or behind an escaped character.</summary>
    private void Next(ReadOnlySpan<byte> bytes, int start, ref int at)
    {
        if (isEscaped)
        {
            isEscaped = false;
            at++;
            return;
        }

        var found = bytes[at..].IndexOfAny((byte)'"', (byte)'\\');
        at = found < 0 ? bytes.Length : at + found;
        if (found < 0 || bytes[at] == '"') return;
        if (isText) escapes.Add(at - start + numWaiting);
        isEscaped = true;
        at++;
    }

    /// <summary>The run, behind what waited of the one before, as far as no escape may be in two; the rest waits.</summary>
    private ReadOnlyMemory<byte> TextOf(ReadOnlySpan<byte> run, bool hasEnd)
    {
        var length = numWaiting + run.Length;
        if (quoted.Length < length + 2) Array.Resize(ref quoted, Math.Max(length + 2, 2 * quoted.Length));
        run.CopyTo(quoted.AsSpan(1 + numWaiting));
        var whole = hasEnd ? length : escapes.Where(escape => escape > length - LongestEscape).Append(length).Min();
        if (!hasEnd && escapes.Contains(whole - LongestEscape / 2) && IsFirstOfAPair(quoted.AsSpan(1 + whole - LongestEscape / 2))) whole -= LongestEscape / 2;
        var part = Unescape(whole);
        quoted.AsSpan(1 + whole, length - whole).CopyTo(quoted.AsSpan(1));
        numWaiting = length - whole;
        int[] waiting = [.. escapes.Where(escape => escape >= whole).Select(escape => escape - whole)];
        escapes.Clear();
        escapes.AddRange(waiting);
        if (hasEnd) End([]);
        return part;
    }

    /// <summary>Whether an escape is the first half of a surrogate pair, \uD800 to \uDBFF, whose second follows.</summary>
    private static bool IsFirstOfAPair(ReadOnlySpan<byte> escape) =>
        escape[1] == 'u' && (escape[2] | 0x20) == 'd' && "89abAB"u8.Contains(escape[3]);

    private void End(byte[] kept)
    {
        isInString = false;
        (lastString, lastSign) = (kept, (byte)'"');
        Keep(outline, [(byte)'"', .. kept, (byte)'"'], MaxOutline, "has more beside its text than a document may have");
    }

    /// <summary>The first so many bytes of what is kept of the text.</summary>
    private ReadOnlyMemory<byte> Unescape(int length)
    {
        if (unescaped.Length < length) unescaped = new byte[quoted.Length];
        var behind = quoted[1 + length];
        quoted[0] = quoted[1 + length] = (byte)'"';
        var reader = new Utf8JsonReader(quoted.AsSpan(0, length + 2));
        try
        {
            reader.Read();
            return unescaped.AsMemory(0, reader.CopyString(unescaped));
        }
        catch (JsonException)
        {
            throw bad("is not JSON: its text has a control character or an escape that JSON does not have. Mend or remove the line.");
        }
        catch (InvalidOperationException)
        {
            throw bad(JsonLines.HalfOfAPair);
        }
        finally
        {
            quoted[1 + length] = behind;
        }
    }

    private bool IsField(ReadOnlySpan<byte> raw)
    {
        byte[] name = [(byte)'"', .. raw, (byte)'"'];
        var reader = new Utf8JsonReader(name);
        try
        {
            return reader.Read() && reader.ValueTextEquals(field);
        }
        catch (JsonException)
        {
            return false; // the outline is refused for it
        }
    }

    private void Keep(ArrayBufferWriter<byte> kept, ReadOnlySpan<byte> bytes, int max, string what)
    {
        if (kept.WrittenCount + (long)bytes.Length > max) throw bad($"{what}: {max} bytes. Mend or remove the line.");
        kept.Write(bytes);
    }
}
