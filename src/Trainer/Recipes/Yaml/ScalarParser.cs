using System.Globalization;

namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>Reads single values: numbers with a decimal point in every culture, <c>true</c> and <c>false</c>, text, enum values.</summary>
internal static class ScalarParser
{
    /// <summary>Whether a type is written as a single value.</summary>
    public static bool IsScalar(Type type) =>
        type.IsEnum || type == typeof(string) || type == typeof(bool)
        || type == typeof(int) || type == typeof(long) || type == typeof(double);

    /// <summary>What a value of this type must be, as it follows "must be".</summary>
    public static string Expectation(Type type, string? given)
    {
        if (type.IsEnum) return "one of " + string.Join(", ", Spellings(type, given));
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(int)) return WholeNumber(given, int.MinValue, int.MaxValue);
        if (type == typeof(long)) return WholeNumber(given, long.MinValue, long.MaxValue);
        return type == typeof(double) ? "a number such as 0.5, 3 or 1e-4" : "text";
    }

    /// <summary>Reads a value; false when it is none of this type.</summary>
    public static bool TryParse(Type type, YamlScalar scalar, out object? value)
    {
        value = Parse(type, scalar);
        return value is not null;
    }

    private static object? Parse(Type type, YamlScalar scalar)
    {
        if (type == typeof(string)) return scalar.Text;
        if (!scalar.IsPlain) return null;
        if (type.IsEnum) return Enum.GetValues(type).Cast<Enum>().FirstOrDefault(value => YamlNames.Of(value) == scalar.Text);
        if (type == typeof(bool)) return scalar.Text switch { "true" => true, "false" => false, _ => null };
        if (type == typeof(double)) return ParseDouble(scalar.Text);

        if (!long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return null;
        if (type == typeof(long)) return whole;
        return whole is >= int.MinValue and <= int.MaxValue ? (int)whole : null;
    }

    /// <summary>YAML's infinities are numbers; NaN is none, since it would slip through every comparison with a bound.</summary>
    private static object? ParseDouble(string text)
    {
        if (text is ".inf" or "+.inf") return double.PositiveInfinity;
        if (text is "-.inf") return double.NegativeInfinity;
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, style, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }

    private static IEnumerable<string> Spellings(Type type, string? given)
    {
        var all = Enum.GetValues(type).Cast<Enum>().Select(YamlNames.Of);
        return given is null ? all : Nearest.Order(given, all);
    }

    private static string WholeNumber(string? given, long min, long max)
    {
        var isTooLarge = given?.TrimStart('-', '+') is { Length: > 0 } digits && digits.All(char.IsAsciiDigit);
        return isTooLarge
            ? string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}")
            : "a whole number, without a decimal point";
    }
}
