using System.Text;
using System.Text.Json;

namespace Lhts.Data.Preparing;

/// <summary>Documents of JSON Lines: one object a line, the text in one of its members.</summary>
internal static class JsonLines
{
    public static IEnumerable<ReadOnlyMemory<byte>> Read(LineReader lines, string name, string field)
    {
        var fieldUtf8 = Encoding.UTF8.GetBytes(field);
        while (lines.TryRead(out var line))
        {
            if (line.Span.IndexOfAnyExcept(" \t"u8) < 0) continue;
            yield return Text(line, fieldUtf8, name, lines.LineNumber);
        }
    }

    private static byte[] Text(ReadOnlyMemory<byte> line, byte[] field, string name, long lineNumber)
    {
        InvalidDataException Bad(string what) => new($"'{name}' line {lineNumber}: {what}");
        try
        {
            var reader = new Utf8JsonReader(line.Span);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw Bad(
                    "is not a JSON object. Each line must be one, such as {\"text\": \"...\"}.");
            }

            byte[]? text = null;
            var isFound = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isText = reader.ValueTextEquals(field);
                reader.Read();
                if (isText) (text, isFound) = (Value(ref reader, Bad), true);
                else reader.Skip();
            }

            while (reader.Read()) { } // What follows the object must not be there; the reader throws.
            return isFound ? text ?? [] : throw Bad($"has no member \"{Encoding.UTF8.GetString(field)}\". Set the text field to the member that holds the text.");
        }
        catch (JsonException error)
        {
            throw Bad($"is not JSON at byte {error.BytePositionInLine}: mend or remove the line.");
        }
    }

    // null stands for a document without text.
    private static byte[]? Value(ref Utf8JsonReader reader, Func<string, InvalidDataException> bad)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.String) throw bad($"the text is a {reader.TokenType}, not a string.");
        var text = new byte[reader.ValueSpan.Length];
        try
        {
            return text[..reader.CopyString(text)];
        }
        catch (InvalidOperationException)
        {
            throw bad("the text has half of a surrogate pair (\\uD800 to \\uDFFF), which is no character: mend or remove the line.");
        }
    }
}
