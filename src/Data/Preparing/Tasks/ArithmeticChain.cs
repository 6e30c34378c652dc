using System.Globalization;
using Lhts.Data.Order;

namespace Lhts.Data.Preparing.Tasks;

/// <summary>A chain such as "3 + 17 * 5 =": numbers and what stands between them, worked from left to right.</summary>
/// <param name="Numbers">One more than the operators.</param>
/// <param name="Signs">Characters of <see cref="Operators"/>.</param>
/// <param name="Modulus">What results are taken by.</param>
internal sealed record ArithmeticChain(int[] Numbers, string Signs, int Modulus)
{
    public const string Operators = "+-*";

    /// <summary>The chain as a prompt; with six operations it has 14 words.</summary>
    public string Prompt => string.Join(' ', Numbers.Select((number, i) => i == 0 ? Text(number) : $"{Signs[i - 1]} {Text(number)}")) + " =";

    /// <summary>The right answer.</summary>
    public int Result => Running((value, _) => value)[^1];

    /// <summary>Draws a chain that a key alone decides.</summary>
    public static ArithmeticChain Draw(ulong key, ChainOptions options)
    {
        var numbers = new int[options.Operations + 1];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = IntegerHash.Draw(key, i, options.Modulus);
        var signs = string.Concat(Enumerable.Range(numbers.Length, options.Operations).Select(i => Operators[IntegerHash.Draw(key, i, Operators.Length)]));
        return new ArithmeticChain(numbers, signs, options.Modulus);
    }

    /// <summary>The value after each operation.</summary>
    /// <param name="replace">What takes the place of the value after operation i, for it and for all that follow.</param>
    public int[] Running(Func<int, int, int> replace)
    {
        var (values, value) = (new int[Signs.Length], Numbers[0]);
        for (var i = 0; i < values.Length; i++)
        {
            var next = Signs[i] switch { '+' => value + Numbers[i + 1], '-' => value - Numbers[i + 1] + Modulus, _ => value * Numbers[i + 1] };
            values[i] = value = replace(next % Modulus, i);
        }

        return values;
    }

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
