using System.Globalization;
using Lhts.Data.Order;

namespace Lhts.Data.Preparing.Tasks;

/// <summary>
/// Countdown: an expression of given numbers that comes to a target. A prompt is "2 3 7 11 -> 30", a demonstration "11 + 7 * 3 - 2": each number once,
/// with +, - and * between them, the products first, and so as long for every prompt of as many numbers.
/// </summary>
public sealed record CountdownOptions : TaskDataOptions
{
    /// <summary>What stands between a prompt's numbers and its target.</summary>
    public const string Arrow = "->";

    // Streams of draws: numbers and expression, wrong signs.
    private const ulong ExpressionStream = 3;
    private const ulong NoiseStream = 4;

    // So many draws of the numbers, the order and the signs find a target within the bound, or there is none.
    private const int MaxTries = 10_000;

    /// <summary>Numbers of a prompt. Default 4.</summary>
    public int Numbers { get; init; } = 4;

    /// <summary>Numbers are 1 to this. Default 20.</summary>
    public int Largest { get; init; } = 20;

    /// <summary>Targets are 1 to this. Default 50.</summary>
    public int LargestTarget { get; init; } = 50;

    /// <summary>Share of demonstrations whose signs are drawn anew, so that most of them miss the target. Default 0.1.</summary>
    public double Noise { get; init; } = 0.1;

    /// <inheritdoc/>
    internal override string Title => "Countdown";

    /// <summary>Fewer prompts than there are: ways to choose the numbers.</summary>
    public double NumPromptsAtLeast => Enumerable.Range(1, Math.Clamp(Numbers, 0, 16)).Aggregate(1.0, (ways, i) => ways * (Largest + i - 1) / i);

    /// <inheritdoc/>
    public override IEnumerable<string> Faults()
    {
        if (Numbers is < 2 or > 16) yield return $"numbers is {Numbers}, but must be from 2 to 16";
        if (Largest is < 1 or > 1000) yield return $"largest is {Largest}, but must be from 1 to 1000";
        if (LargestTarget < Largest) yield return $"largestTarget is {LargestTarget}, but must be at least largest, {Largest}";
        foreach (var fault in base.Faults()) yield return fault;
        if (2.0 * HeldOut > NumPromptsAtLeast) yield return $"heldOut is {HeldOut}, but must be at most half of the {NumPromptsAtLeast:0} choices of numbers";
        if (!(Noise is >= 0 and <= 1)) yield return $"noise is {Noise}, but must be from 0 to 1";
    }

    /// <inheritdoc/>
    internal override string PromptOf(ulong number)
    {
        var (numbers, signs) = Draw(number);
        return $"{string.Join(' ', numbers.Order().Select(Text))} {Arrow} {Text(Value(numbers, signs))}";
    }

    /// <inheritdoc/>
    internal override string AnswerOf(ulong number)
    {
        var (numbers, signs) = Draw(number);
        return Write(numbers, signs);
    }

    /// <inheritdoc/>
    internal override string DemonstrationOf(ulong number)
    {
        var ((numbers, signs), key) = (Draw(number), KeyOf(NoiseStream, number));
        return Write(numbers, IntegerHash.Draw(key, 0, 1 << 30) < Noise * (1 << 30) ? Signs(key) : signs);
    }

    private (int[] Numbers, string Signs) Draw(ulong number)
    {
        for (var attempt = 0UL; attempt < MaxTries; attempt++)
        {
            var key = IntegerHash.Combine(KeyOf(ExpressionStream, number), attempt);
            int[] numbers = [.. Enumerable.Range(0, Numbers).Select(i => 1 + IntegerHash.Draw(key, Numbers + i, Largest))];
            var signs = Signs(key);
            if (Value(numbers, signs) is >= 1 and var value && value <= LargestTarget) return (numbers, signs);
        }

        throw new InvalidDataException($"{Title}: no expression of {Numbers} numbers up to {Largest} with a target up to {LargestTarget} was found.");
    }

    private string Signs(ulong key) =>
        string.Concat(Enumerable.Range(1, Numbers - 1).Select(i => ArithmeticChain.Operators[IntegerHash.Draw(key, i, ArithmeticChain.Operators.Length)]));

    /// <summary>The value of numbers with signs between them, products first.</summary>
    private static long Value(int[] numbers, string signs)
    {
        var (sum, product) = (0L, (long)numbers[0]);
        for (var i = 0; i < signs.Length; i++)
        {
            if (signs[i] == '*')
            {
                product = Math.Clamp(product * numbers[i + 1], -MaxProduct, MaxProduct);
                continue;
            }

            sum += product;
            product = signs[i] == '+' ? numbers[i + 1] : -numbers[i + 1];
        }

        return sum + product;
    }

    // Beyond every target, and far from where a sum of them would overflow.
    private const long MaxProduct = 1L << 40;

    private static string Write(int[] numbers, string signs) =>
        string.Join(' ', numbers.Select((number, i) => i == 0 ? Text(number) : $"{signs[i - 1]} {Text(number)}"));

    private static string Text(int number) => Text((long)number);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
