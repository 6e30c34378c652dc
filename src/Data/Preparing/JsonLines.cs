using System.Text;
using System.Text.Json;

namespace Lhts.Data.Preparing;

/// <summary>Documents of JSON Lines: one object a line, the text in one of its members and the prompt, if there is one, in another.</summary>
internal static class JsonLines
{
    public static IEnumerable<SourceDocument> Read(LineReader lines, string name, string field, string? promptField = null)
    {
        var fields = promptField is null ? new[] { field } : [field, promptField];
        while (lines.TryRead(out var line))
        {
            if (line.Span.IndexOfAnyExcept(" \t"u8) < 0) continue;
            var values = Values(line, fields, name, lines.LineNumber);
            yield return new SourceDocument(values[0], promptField is null ? default : values[1]);
        }
    }

    private static byte[][] Values(ReadOnlyMemory<byte> line, string[] fields, string name, long lineNumber)
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
            throw Bad($"is not JSON at byte {error.BytePositionInLine}: mend or remove the line.");
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
            throw bad("the text has half of a surrogate pair (\\uD800 to \\uDFFF), which is no character: mend or remove the line.");
        }
    }
}
