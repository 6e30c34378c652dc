using System.Globalization;
using System.Numerics;

namespace Lhts.Evaluation.Tasks;

/// <summary>
/// The whole text is an expression of the prompt's numbers, each as often as there, that comes to its target: "2 3 7 11 -&gt; 30" and "11 + 7 * 3 - 2". It may
/// have +, -, *, / and brackets; products come first, fractions are exact.
/// </summary>
internal sealed class CountdownMatch : IAnswerChecker
{
    private const string Arrow = "->";

    /// <summary>The expression without blanks; null where the text is none.</summary>
    public string? Read(string written, TaskItem item) => Expression.Parse(written) is null ? null : string.Concat(written.Where(letter => letter > ' '));

    public bool IsRight(string said, TaskItem item)
    {
        var sides = item.Prompt.Split(Arrow);
        return sides.Length == 2 && BigInteger.TryParse(sides[1], NumberStyles.Integer, CultureInfo.InvariantCulture, out var target)
            && Expression.Parse(said) is { } expression
            && expression.Value == (target, BigInteger.One)
            && expression.Numbers.Order().SequenceEqual(Numbers(sides[0]).Order());
    }

    private static IEnumerable<BigInteger> Numbers(string given) => given.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        .Select(word => BigInteger.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : BigInteger.MinusOne);

    /// <summary>A text being read from left to right, by rules of precedence.</summary>
    /// <param name="text">Without blanks at its ends.</param>
    private sealed class Expression(string text)
    {
        // As many brackets in each other as any expression of a few numbers needs; a text of nothing else must not fill the stack.
        private const int MaxDepth = 64;

        private readonly List<BigInteger> numbers = [];
        private int at, depth;

        /// <summary>Numerator and denominator, which is above 0, in lowest terms; null where something is divided by 0.</summary>
        public (BigInteger, BigInteger)? Value { get; private set; }

        public IReadOnlyList<BigInteger> Numbers => numbers;

        /// <summary>Null where the text is no expression.</summary>
        public static Expression? Parse(string text)
        {
            var read = new Expression(text);
            try
            {
                read.Value = read.Sum();
            }
            catch (FormatException)
            {
                return null;
            }

            return read.Next() == '\0' ? read : null;
        }

        private (BigInteger, BigInteger)? Sum()
        {
            var sum = Product();
            while (Next() is '+' or '-')
            {
                var isMinus = text[at++] == '-';
                var term = Product();
                sum = sum is var (a, b) && term is var (c, d) ? Lowest(a * d + (isMinus ? -c : c) * b, b * d) : null;
            }

            return sum;
        }

        private (BigInteger, BigInteger)? Product()
        {
            var product = Atom();
            while (Next() is '*' or '/')
            {
                var divides = text[at++] == '/';
                var factor = Atom();
                if (product is not var (a, b) || factor is not var (c, d) || (divides && c.IsZero)) product = null;
                else product = divides ? Lowest(a * d, b * c) : Lowest(a * c, b * d);
            }

            return product;
        }

        private (BigInteger, BigInteger)? Atom()
        {
            if (Next() == '(')
            {
                if (++depth > MaxDepth) throw new FormatException();
                at++;
                var inner = Sum();
                if (Next() != ')') throw new FormatException();
                (at, depth) = (at + 1, depth - 1);
                return inner;
            }

            var start = at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            var number = BigInteger.Parse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture);
            numbers.Add(number);
            return (number, BigInteger.One);
        }

        /// <summary>The next character that is no blank; NUL at the end.</summary>
        private char Next()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            return at < text.Length ? text[at] : '\0';
        }

        private static (BigInteger, BigInteger) Lowest(BigInteger numerator, BigInteger denominator)
        {
            var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
            if (denominator.Sign < 0) divisor = -divisor;
            return (numerator / divisor, denominator / divisor);
        }
    }
}
