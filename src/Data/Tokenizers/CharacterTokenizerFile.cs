using System.Text.Json;
using System.Text.Json.Serialization;
using Lhts.Basics;

namespace Lhts.Data.Tokenizers;

/// <summary>tokenizer.json of a <see cref="CharacterTokenizer"/>.</summary>
internal sealed record CharacterTokenizerFile(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("alphabet")] string Alphabet)
{
    public const string TypeName = "characters";

    public void Write(string folder) =>
        AtomicFile.WriteAllBytes(Path.Combine(folder, TokenizerLoader.FileName), JsonSerializer.SerializeToUtf8Bytes(this));

    public static CharacterTokenizer Read(JsonElement root, string path)
    {
        var alphabet = root.TryGetProperty("alphabet", out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        return string.IsNullOrEmpty(alphabet)
            ? throw new InvalidDataException(
                $"'{path}' is a tokenizer of characters without the member \"alphabet\", a string of at least one character.")
            : new CharacterTokenizer(alphabet);
    }
}
