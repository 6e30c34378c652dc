using System.Text.Json;

namespace Lhts.Data.Tokenizers;

/// <summary>The tokenizer.json of earlier versions for a <see cref="CharacterTokenizer"/>: a type and the alphabet. It is still read.</summary>
internal static class CharacterTokenizerFile
{
    public const string TypeName = "characters";

    public static CharacterTokenizer Read(JsonElement root, string path)
    {
        var alphabet = root.TryGetProperty("alphabet", out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        return string.IsNullOrEmpty(alphabet)
            ? throw new InvalidDataException(
                $"'{path}' is a tokenizer of characters without the member \"alphabet\", a string of at least one character.")
            : new CharacterTokenizer(alphabet);
    }
}
