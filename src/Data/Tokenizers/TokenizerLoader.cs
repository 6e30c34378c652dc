using System.Text.Json;

namespace Lhts.Data.Tokenizers;

/// <summary>Reads what <see cref="ITokenizer.Save"/> wrote.</summary>
public static class TokenizerLoader
{
    /// <summary>The file that holds a tokenizer.</summary>
    public const string FileName = "tokenizer.json";

    /// <summary>The tokenizer of a folder.</summary>
    /// <exception cref="FileNotFoundException">The folder has no tokenizer.json.</exception>
    /// <exception cref="InvalidDataException">The file is not a tokenizer.</exception>
    public static ITokenizer Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new FileNotFoundException($"The folder '{folder}' has no {FileName}. Give the folder a tokenizer was saved to.", path);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(document.RootElement, path);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"'{path}' is not JSON: {error.Message} Save the tokenizer again.");
        }
    }

    private static ITokenizer Read(JsonElement root, string path)
    {
        var type = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("type", out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()
            : null;
        return type switch
        {
            CharacterTokenizerFile.TypeName => CharacterTokenizerFile.Read(root, path),
            _ => throw new InvalidDataException($"'{path}' holds no known tokenizer. Its member \"type\" must be \"{CharacterTokenizerFile.TypeName}\"."),
        };
    }
}
