namespace Lhts.Evaluation;

/// <summary>
/// How many n-grams each set is measured by. distinct-n and entropies depend on that number, and a model whose texts are longer, or whose words are
/// shorter, has more of them: sets compare by equal numbers.
/// </summary>
public sealed class NgramBudget
{
    // One set of next to nothing must not take the figures of all the others.
    private const int LeastShare = 4;

    private readonly long[] numbers;

    private NgramBudget(long[] numbers) => this.numbers = numbers;

    /// <summary>
    /// For each n the smallest number that any of the sets has, sets with less than a quarter of the largest left out: those have no figure then.
    /// </summary>
    /// <param name="sets">Sets of token arrays that are to be compared.</param>
    public static NgramBudget For(IReadOnlyList<IReadOnlyList<int[]>> sets) => new(
        [.. Enumerable.Range(1, Ngrams.MaxOrder).Select(order =>
        {
            long[] sizes = [.. sets.Select(set => Ngrams.NumberOf(set, order))];
            var largest = sizes.DefaultIfEmpty().Max();
            return sizes.Where(size => size * LeastShare >= largest).DefaultIfEmpty().Min();
        })]);

    /// <summary>How many n-grams of an order are counted; null for all, where no set has any.</summary>
    public long? Of(int order) => numbers[order - 1] is > 0 and var number ? number : null;
}
