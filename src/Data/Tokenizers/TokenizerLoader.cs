using System.Text.Json;
using Lhts.Data.Tokenizers.BytePair;

namespace Lhts.Data.Tokenizers;

/// <summary>Reads what <see cref="ITokenizer.Save"/> wrote, and byte-level BPE in Hugging Face's or GPT-2's files.</summary>
public static class TokenizerLoader
{
    /// <summary>The file that holds a tokenizer.</summary>
    public const string FileName = "tokenizer.json";

    /// <summary>The tokenizer of a folder: of its tokenizer.json, else of its vocab.json and merges.txt.</summary>
    /// <exception cref="FileNotFoundException">The folder has neither.</exception>
    /// <exception cref="InvalidDataException">The file is not a tokenizer.</exception>
    public static ITokenizer Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path) && Gpt2Files.Exist(folder)) return Gpt2Files.Read(folder);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"The folder '{folder}' has no {FileName}, nor {Gpt2Files.VocabularyName} with {Gpt2Files.MergesName}. Give the folder a tokenizer was saved "
                + "to.", path);
        }

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
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("model", out var model) && model.ValueKind == JsonValueKind.Object)
        {
            return PlainTokenizerJson.Read(root) ?? TokenizerJson.Read(root, path);
        }

        var type = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("type", out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()
            : null;
        return type switch
        {
            CharacterTokenizerFile.TypeName => CharacterTokenizerFile.Read(root, path),
            ByteTokenizer.TypeName => new ByteTokenizer(),
            WordTokenizer.TypeName => WordTokenizer.Read(root, path),
            _ => throw new InvalidDataException(
                $"'{path}' holds no known tokenizer. It must have the member \"model\" (Hugging Face) or a member \"type\" that is "
                + $"\"{CharacterTokenizerFile.TypeName}\", \"{ByteTokenizer.TypeName}\" or \"{WordTokenizer.TypeName}\"."),
        };
    }
}
