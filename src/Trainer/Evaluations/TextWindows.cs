using System.Text.Json;
using System.Text.Json.Serialization;
using Lhts.Data.Tokenizers;

namespace Lhts.Trainer.Evaluations;

/// <summary>A text to measure.</summary>
/// <param name="Name">Its file, with the line where a file has several.</param>
/// <param name="Windows">Its tokens in pieces of the model's context at most; each begins with the last token of the one before.</param>
internal sealed record MeasuredText(string Name, IReadOnlyList<int[]> Windows);

/// <summary>
/// Texts of a file or of a folder: a text file is one, a line of JSON Lines (.jsonl, .ndjson) is one: <c>{"text": ...}</c>, or <c>{"ids": [...]}</c>, which
/// are taken as they are; other members are passed over, so that what <c>lhts sample --json</c> writes can be read.
/// </summary>
internal static class TextWindows
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>Reads them, in the order of their names.</summary>
    /// <param name="path">A file or a folder, all files below which are read that end in .txt, .md, .jsonl or .ndjson.</param>
    /// <param name="tokenizer">Of the model.</param>
    /// <param name="context">Tokens of a window at most.</param>
    /// <exception cref="InvalidDataException">There is no text, a line is none, or a text has no token to predict.</exception>
    public static IReadOnlyList<MeasuredText> Read(string path, ITokenizer tokenizer, int context)
    {
        string[] files = Directory.Exists(path) ? [.. FilesBelow(path)] : [path];
        MeasuredText[] texts = [.. files.SelectMany(file => OfFile(file, tokenizer, context))];
        return texts.Length > 0 ? texts : throw new InvalidDataException($"'{path}' holds no text: files that end in .txt, .md, .jsonl or .ndjson are read.");
    }

    private static IEnumerable<string> FilesBelow(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(file => IsLines(file) || Path.GetExtension(file) is ".txt" or ".md").Order(StringComparer.Ordinal);

    private static bool IsLines(string file) => Path.GetExtension(file) is ".jsonl" or ".ndjson";

    private static IEnumerable<MeasuredText> OfFile(string file, ITokenizer tokenizer, int context)
    {
        if (!IsLines(file))
        {
            yield return Cut(file, [tokenizer.EndOfText, .. tokenizer.Encode(File.ReadAllText(file))], context);
            yield break;
        }

        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line)) yield return Cut($"{file}:{number}", TokensOf(line, $"'{file}' line {number}", tokenizer), context);
        }
    }

    private static int[] TokensOf(string line, string place, ITokenizer tokenizer)
    {
        Line? read;
        try
        {
            read = JsonSerializer.Deserialize<Line>(line, Options);
        }
        catch (JsonException)
        {
            read = null;
        }

        if (read is { Ids: { } ids })
        {
            var bad = Array.FindIndex(ids, id => id < 0 || id >= tokenizer.VocabularySize);
            return bad < 0 ? ids : throw new InvalidDataException($"{place} has the id {ids[bad]}; this model's are 0 to {tokenizer.VocabularySize - 1}.");
        }

        return read is { Text: { } text }
            ? [tokenizer.EndOfText, .. tokenizer.Encode(text)]
            : throw new InvalidDataException($"{place} is not an object with \"text\" or \"ids\".");
    }

    private static MeasuredText Cut(string name, int[] tokens, int context)
    {
        if (tokens.Length < 2) throw new InvalidDataException($"'{name}' has no token to predict. Take it out.");
        var windows = new List<int[]>();
        for (var start = 0; start < tokens.Length - 1; start += Math.Max(1, context - 1)) windows.Add(tokens[start..Math.Min(tokens.Length, start + context)]);
        return new MeasuredText(name, windows);
    }

    private sealed record Line([property: JsonPropertyName("text")] string? Text = null, [property: JsonPropertyName("ids")] int[]? Ids = null);
}
