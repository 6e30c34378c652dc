using System.Text.Json;

namespace Lhts.Data.Tokenizers.BytePair;

/// <summary>GPT-2's own pair of files: vocab.json (names to ids) and merges.txt (a pair a line, best first).</summary>
internal static class Gpt2Files
{
    public const string VocabularyName = "vocab.json";
    public const string MergesName = "merges.txt";

    public static bool Exist(string folder) => File.Exists(Path.Combine(folder, VocabularyName)) && File.Exists(Path.Combine(folder, MergesName));

    /// <exception cref="InvalidDataException">A file is malformed or the two do not fit.</exception>
    public static BytePairTokenizer Read(string folder)
    {
        try
        {
            using var vocabulary = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, VocabularyName)));
            var names = vocabulary.RootElement.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetInt32(), StringComparer.Ordinal);
            return new BytePairTokenizer(VocabularyBuilder.Build(names, Merges(Path.Combine(folder, MergesName)), []));
        }
        catch (Exception error) when (error is JsonException or InvalidDataException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException(
                $"The tokenizer in '{folder}' ({VocabularyName} and {MergesName}) cannot be used: {error.Message}");
        }
    }

    private static IEnumerable<(string Left, string Right)> Merges(string path)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.Length == 0 || number == 1 && line.StartsWith("#version", StringComparison.Ordinal)) continue;
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0 || space != line.LastIndexOf(' ') || space == line.Length - 1)
            {
                throw new InvalidDataException($"line {number} of {MergesName} is not a pair: '{line}'.");
            }

            yield return (line[..space], line[(space + 1)..]);
        }
    }
}
