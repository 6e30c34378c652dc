namespace Lhts.Evaluation;

/// <summary>Texts as arrays of word numbers, so that texts of any tokenizer are measured alike.</summary>
public static class Words
{
    /// <summary>Splits texts at white space and numbers their words by first appearance; equal words have equal numbers across all texts.</summary>
    public static IReadOnlyList<int[]> Number(IEnumerable<string> texts)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. texts.Select(text => Array.ConvertAll(
            text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
            word => numbers.TryGetValue(word, out var number) ? number : numbers[word] = numbers.Count))];
    }
}
