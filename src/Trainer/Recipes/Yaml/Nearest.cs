namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>Finds the name that someone meant.</summary>
public static class Nearest
{
    /// <summary>Names are short; what is longer is compared by its beginning, so that a broken file costs no time.</summary>
    private const int MaxLength = 64;

    /// <summary>The candidates, those with the fewest edits first; in their own order where that is equal.</summary>
    public static IReadOnlyList<string> Order(string given, IEnumerable<string> candidates) =>
        [.. candidates.OrderBy(candidate => Distance(Fold(given), Fold(candidate)))];

    /// <summary>
    /// The nearest candidate, or null when none is near: more than half of the letters would have to change.
    /// </summary>
    public static string? Find(string given, IEnumerable<string> candidates)
    {
        var nearest = Order(given, candidates).FirstOrDefault();
        if (nearest is null) return null;
        var distance = Distance(Fold(given), Fold(nearest));
        return distance * 2 <= Math.Max(given.Length, nearest.Length) ? nearest : null;
    }

    /// <summary>
    /// The number of insertions, deletions, replacements and swaps of neighbours that make one text from another (optimal string
    /// alignment).
    /// </summary>
    public static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                var best = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                var isSwap = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
                rows[i, j] = isSwap ? Math.Min(best, rows[i - 2, j - 2] + 1) : best;
            }
        }

        return rows[left.Length, right.Length];
    }

    /// <summary>A difference in case alone is no distance: the name was nearly right.</summary>
    private static string Fold(string name) => (name.Length <= MaxLength ? name : name[..MaxLength]).ToUpperInvariant();
}
