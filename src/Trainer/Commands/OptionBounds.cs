using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Lhts.Trainer.Commands;

/// <summary>The least and the most that a number on the command line may be; another is an error in one line, with code 2.</summary>
internal static class OptionBounds
{
    /// <summary>More texts, draws or particles than any run has use for, and fewer than an array holds.</summary>
    public const int Many = 1_000_000;

    /// <summary>Holds an option between two bounds.</summary>
    public static Option<int> Within(this Option<int> option, int min, int max)
    {
        option.Validators.Add(result => Check(result, min, max));
        return option;
    }

    /// <summary>The same for one that may be left out.</summary>
    public static Option<int?> Within(this Option<int?> option, int min, int max)
    {
        option.Validators.Add(result => Check(result, min, max));
        return option;
    }

    private static void Check(OptionResult result, int min, int max)
    {
        // What is no number has an error of its own.
        if (result.Tokens.Count != 1 || !int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value)) return;
        if (value < min || value > max) result.AddError($"{result.Option.Name} is {value}, but must be from {min} to {max}.");
    }
}
