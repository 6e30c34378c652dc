using System.Text;
using System.Text.Json;

namespace Lhts.Data.Preparing;

/// <summary>Documents of JSON Lines: one object a line, the text in one of its members and the prompt, if there is one, in another.</summary>
internal static class JsonLines
{
    /// <summary>What is wrong with a text that has half of a character.</summary>
    internal const string HalfOfAPair = "the text has half of a surrogate pair (\\uD800 to \\uDFFF), which is no character: mend or remove the line.";

    /// <summary>The texts without prompts, as rows: a text that is longer than a row becomes several, and streams through memory whatever its length.</summary>
    /// <param name="lines">The lines, long ones in pieces.</param>
    /// <param name="name">The file, for messages.</param>
    /// <param name="field">The member with the text.</param>
    /// <param name="maxRowBytes">Most bytes of a row.</param>
    public static IEnumerable<ReadOnlyMemory<byte>> ReadRows(LineReader lines, string name, string field, int maxRowBytes)
    {
        while (lines.TryRead(out var line))
        {
            if (!lines.IsCut && line.Span.IndexOfAnyExcept(" \t"u8) < 0) continue;
            var rows = lines.IsCut
                ? LongRows(lines, line, name, field, maxRowBytes)
                : TextCut.Parts(Values(line, [field], name, lines.LineNumber)[0], maxRowBytes);
            foreach (var row in rows) yield return row;
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> LongRows(LineReader lines, ReadOnlyMemory<byte> first, string name, string field, int maxRowBytes)
    {
        var (number, buffer) = (lines.LineNumber, new RowBuffer(maxRowBytes));
        var line = new LongJsonLine(lines, field, what => Bad(name, number, what));
        foreach (var part in line.Text(first))
        {
            buffer.Add(part.Span);
            while (buffer.TryCut(out var row)) yield return row;
        }

        Values(line.Outline, [field], name, number, isWhole: false);
        yield return buffer.Rest;
    }

    public static IEnumerable<SourceDocument> Read(LineReader lines, string name, string field, string promptField)
    {
        string[] fields = [field, promptField];
        while (lines.TryRead(out var line))
        {
            if (line.Span.IndexOfAnyExcept(" \t"u8) < 0) continue;
            var values = Values(line, fields, name, lines.LineNumber);
            yield return new SourceDocument(values[0], values[1]);
        }
    }

    private static InvalidDataException Bad(string name, long lineNumber, string what) => new($"'{name}' line {lineNumber}: {what}");

    private static byte[][] Values(ReadOnlyMemory<byte> line, string[] fields, string name, long lineNumber, bool isWhole = true)
    {
        InvalidDataException Bad(string what) => JsonLines.Bad(name, lineNumber, what);
        try
        {
            var reader = new Utf8JsonReader(line.Span);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw Bad(
                    "is not a JSON object. Each line must be one, such as {\"text\": \"...\"}.");
            }

            var values = new byte[]?[fields.Length];
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var index = IndexOf(ref reader, fields);
                reader.Read();
                if (index >= 0) values[index] = Value(ref reader, Bad);
                else reader.Skip();
            }

            while (reader.Read()) { } // What follows the object must not be there; the reader throws.
            var missing = Array.IndexOf(values, null);
            if (missing < 0) return values!;
            var what = missing == 0 ? "text" : "prompt";
            throw Bad($"has no member \"{fields[missing]}\". Set the {what} field to the member that holds the {what}.");
        }
        catch (JsonException error)
        {
            throw Bad($"is not JSON{(isWhole ? $" at byte {error.BytePositionInLine}" : "")}: mend or remove the line.");
        }
    }

    private static int IndexOf(ref Utf8JsonReader reader, string[] fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (reader.ValueTextEquals(fields[i])) return i;
        }

        return -1;
    }

    // null stands for a document without text.
    private static byte[] Value(ref Utf8JsonReader reader, Func<string, InvalidDataException> bad)
    {
        if (reader.TokenType == JsonTokenType.Null) return [];
        if (reader.TokenType != JsonTokenType.String) throw bad($"the text is a {reader.TokenType}, not a string.");
        var text = new byte[reader.ValueSpan.Length];
        try
        {
            return text[..reader.CopyString(text)];
        }
        catch (InvalidOperationException)
        {
            throw bad(HalfOfAPair);
        }
    }
}
