using System.Text.Json;

namespace Lhts.Models.Safetensors;

/// <summary>
/// The JSON of a safetensors header. A document model would silently keep the last of two equal keys, so the tokens are read one by one.
/// </summary>
internal sealed class HeaderJson(string file)
{
    /// <summary>The key of the header's free strings.</summary>
    public const string MetadataKey = "__metadata__";

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 4 };

    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly List<TensorEntry> entries = [];
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);

    public (List<TensorEntry> Entries, IReadOnlyDictionary<string, string> Metadata) Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length == 0 || json[0] != (byte)'{')
        {
            throw new InvalidDataException($"'{file}': the header does not begin with '{{'; this is not a safetensors file.");
        }

        try
        {
            var reader = new Utf8JsonReader(json, Options);
            reader.Read();
            ParseHeader(ref reader);
            if (reader.Read()) throw Error("has content after its closing brace");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{file}': the header is not valid JSON: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            // What Utf8JsonReader throws for a string that is not valid UTF-8 or UTF-16.
            throw new InvalidDataException($"'{file}': the header holds text that is not valid UTF-8: {exception.Message}", exception);
        }

        return (entries, metadata);
    }

    private void ParseHeader(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name)) throw Error($"names '{name}' twice");

            reader.Read();
            if (name == MetadataKey)
            {
                ParseMetadata(ref reader);
            }
            else
            {
                entries.Add(new HeaderTensor(file, name).Parse(ref reader));
            }
        }
    }

    private void ParseMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Error($"has a '{MetadataKey}' that is not an object");

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw Error($"has metadata '{key}' that is not a string");
            if (!metadata.TryAdd(key, reader.GetString()!)) throw Error($"names metadata '{key}' twice");
        }
    }

    private InvalidDataException Error(string fault) => new($"'{file}': the header {fault}.");
}
