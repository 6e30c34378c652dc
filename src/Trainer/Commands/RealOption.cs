using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Lhts.Trainer.Commands;

/// <summary>An option with a number of the whole real line: also <c>infinity</c>, <c>-infinity</c> (<c>inf</c>) and <c>-0</c>.</summary>
internal static class RealOption
{
    /// <summary>One number.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="description">Its help.</param>
    /// <param name="standard">The value where it is not given.</param>
    public static Option<double> Build(string name, string description, double standard) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        CustomParser = result => Parse(result, name, result.Tokens[0].Value),
    };

    /// <summary>Several numbers.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="shortName">Its short name.</param>
    /// <param name="description">Its help.</param>
    /// <param name="standard">The values where it is not given.</param>
    public static Option<double[]> BuildMany(string name, string shortName, string description, IReadOnlyList<double> standard) => new(name, shortName)
    {
        Description = description,
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [.. standard],
        CustomParser = result => [.. result.Tokens.Select(token => Parse(result, name, token.Value))],
    };

    /// <summary>The number of a text.</summary>
    public static bool TryParse(string text, out double value)
    {
        var sign = text.StartsWith('-') ? -1 : 1;
        if (text.TrimStart('-', '+').ToUpperInvariant() is "INF" or "INFINITY" or "∞")
        {
            value = sign * double.PositiveInfinity;
            return true;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && !double.IsNaN(value);
    }

    private static double Parse(ArgumentResult result, string name, string text)
    {
        if (TryParse(text, out var value)) return value;
        result.AddError($"{name} is '{text}', but must be a number, or infinity.");
        return 0;
    }
}
