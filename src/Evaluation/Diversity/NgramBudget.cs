namespace Lhts.Evaluation;

/// <summary>
/// How many n-grams each set is measured by. distinct-n and entropies depend on that number, and a model whose texts are longer, or whose words are
/// shorter, has more of them: sets compare by equal numbers. The number is the teacher's, so that students of one teacher compare with each other, and at
/// every step of a training.
/// </summary>
public sealed class NgramBudget
{
    // A set with fewer has no figure, so there is room for texts that are shorter than the teacher's.
    private const double Share = 0.5;

    private readonly long[] numbers;

    private NgramBudget(long[] numbers) => this.numbers = numbers;

    /// <summary>For each n half the smallest number that any set has, those without any left out.</summary>
    /// <param name="sets">Sets of token arrays: the teacher's.</param>
    public static NgramBudget For(IReadOnlyList<IReadOnlyList<int[]>> sets) => new(
        [.. Enumerable.Range(1, Ngrams.MaxOrder).Select(order =>
            (long)Math.Ceiling(Share * sets.Select(set => Ngrams.NumberOf(set, order)).Where(size => size > 0).DefaultIfEmpty().Min()))]);

    /// <summary>How many n-grams of an order are counted; null for all, where no set has any.</summary>
    public long? Of(int order) => numbers[order - 1] is > 0 and var number ? number : null;
}
