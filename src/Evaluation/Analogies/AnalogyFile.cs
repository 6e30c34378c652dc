namespace Lhts.Evaluation.Analogies;

/// <summary>
/// The format of <c>questions-words.txt</c> (Mikolov et al. 2013): a line <c>: name</c> begins a category, every other line holds two pairs
/// of words in its relation.
/// </summary>
public static class AnalogyFile
{
    private const string Needed = "a category (: name) or four words are needed";

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The file is malformed; every fault is named with its line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<AnalogyCategory> Read(string path) => Parse(path, File.ReadLines(path));

    /// <summary>Parses lines.</summary>
    /// <param name="source">Where they come from, for messages.</param>
    /// <param name="lines">The lines; empty ones are skipped.</param>
    /// <exception cref="InvalidDataException">They are malformed; every fault is named with its line.</exception>
    public static IReadOnlyList<AnalogyCategory> Parse(string source, IEnumerable<string> lines)
    {
        var categories = new List<AnalogyCategory>();
        var faults = new List<string>();
        List<WordPair>? pairs = null;
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0) continue;
            if (words[0] == ":" && words.Length == 2) categories.Add(new AnalogyCategory(words[1], pairs = []));
            else if (words.Length != 4 || words[0] == ":") faults.Add($"line {number}: {words.Length} words, where {Needed}");
            else if (pairs is null) faults.Add($"line {number}: words before the first category (: name)");
            else pairs.AddRange([new WordPair(words[0], words[1]), new WordPair(words[2], words[3])]);
        }

        if (categories.Count == 0) faults.Add("no category (: name)");
        if (faults.Count > 0)
        {
            throw new InvalidDataException(
                $"'{source}': not a file of word analogies:\n" + string.Join('\n', faults.Select(fault => $"  - {fault}")));
        }
        return [.. categories.Select(category => category with { Pairs = [.. category.Pairs.Distinct()] })];
    }
}
