namespace Lhts.Trainer.Tests.Pairwise;

/// <summary>A value of a feature, by its place.</summary>
internal readonly record struct Choice(int Feature, int Value);

/// <summary>
/// Few rows in which every two values of different features meet (Cohen et al. 1997, greedy, one row at a time), none of them a row that is not allowed.
/// </summary>
internal sealed class CoveringArray
{
    private const int MaxDraws = 40;

    private readonly int[] sizes;
    private readonly Func<int[], bool> isAllowed;
    private readonly Random random;
    private readonly HashSet<(Choice, Choice)> open;

    /// <summary>Makes the rows.</summary>
    /// <param name="sizes">Values of each feature; 0 is its default.</param>
    /// <param name="isAllowed">Whether a row may be.</param>
    /// <param name="seed">Of the order in which features are filled in.</param>
    public CoveringArray(int[] sizes, Func<int[], bool> isAllowed, int seed)
    {
        (this.sizes, this.isAllowed, random) = (sizes, isAllowed, new Random(seed));
        open = [.. Pairs()];
        while (open.Count > 0) CoverFirst();
    }

    /// <summary>The rows: a value for each feature.</summary>
    public List<int[]> Rows { get; } = [];

    /// <summary>Pairs that no row was allowed with.</summary>
    public List<(Choice First, Choice Second)> Refused { get; } = [];

    private void CoverFirst()
    {
        var (first, second) = open.Min(Comparer<(Choice, Choice)>.Create((left, right) => Key(left).CompareTo(Key(right))));
        if (RowWith(first, second) is { } row)
        {
            Complete(row, first, second);
            Rows.Add(row);
            open.ExceptWith(Pairs().Where(pair => Holds(row, pair.Item1) && Holds(row, pair.Item2)));
        }
        else
        {
            Refused.Add((first, second));
            open.Remove((first, second));
        }
    }

    /// <summary>A row that is allowed: with the defaults of the other features, or with one of them changed, or with some of them drawn.</summary>
    private int[]? RowWith(Choice first, Choice second)
    {
        var changed = from feature in Enumerable.Range(0, sizes.Length) from value in Enumerable.Range(1, sizes[feature] - 1) select new Choice(feature, value);
        var rows = Enumerable.Repeat(new int[sizes.Length], 1)
            .Concat(changed.Select(With))
            .Concat(Enumerable.Range(0, MaxDraws).Select(_ => Array.ConvertAll(sizes, size => random.Next(3) == 0 ? random.Next(size) : 0)));
        foreach (var row in rows)
        {
            (row[first.Feature], row[second.Feature]) = (first.Value, second.Value);
            if (isAllowed(row)) return row;
        }

        return null;
    }

    private int[] With(Choice choice)
    {
        var row = new int[sizes.Length];
        row[choice.Feature] = choice.Value;
        return row;
    }

    /// <summary>Gives each other feature the value that meets most others for the first time.</summary>
    private void Complete(int[] row, Choice first, Choice second)
    {
        var features = Enumerable.Range(0, sizes.Length).Where(feature => feature != first.Feature && feature != second.Feature).ToArray();
        random.Shuffle(features);
        foreach (var feature in features)
        {
            var before = row[feature];
            foreach (var value in Enumerable.Range(0, sizes[feature]).OrderByDescending(value => NumNew(row, new Choice(feature, value))))
            {
                row[feature] = value;
                if (value == before || isAllowed(row)) break;
            }
        }
    }

    private int NumNew(int[] row, Choice choice) =>
        row.Index().Count(other => other.Index != choice.Feature && open.Contains(Ordered(choice, new Choice(other.Index, other.Item))));

    private IEnumerable<(Choice, Choice)> Pairs() =>
        from left in Enumerable.Range(0, sizes.Length)
        from right in Enumerable.Range(left + 1, sizes.Length - left - 1)
        from first in Enumerable.Range(0, sizes[left])
        from second in Enumerable.Range(0, sizes[right])
        select (new Choice(left, first), new Choice(right, second));

    private static (Choice, Choice) Ordered(Choice one, Choice other) => one.Feature < other.Feature ? (one, other) : (other, one);

    private static bool Holds(int[] row, Choice choice) => row[choice.Feature] == choice.Value;

    private static (int, int, int, int) Key((Choice First, Choice Second) pair) =>
        (pair.First.Feature, pair.Second.Feature, pair.First.Value, pair.Second.Value);
}
