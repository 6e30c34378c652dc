using System.CommandLine;
using System.CommandLine.Parsing;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Commands;

/// <summary>An option with one of a few values, in the spelling of recipes: <c>--layout blank-line</c>.</summary>
internal static class EnumOption
{
    /// <summary>Makes the option.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="meaning">What it decides; its values and the default are added.</param>
    /// <param name="standard">The default.</param>
    public static Option<T> Build<T>(string name, string meaning, T standard)
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        var spellings = string.Join(", ", values.Select(value => YamlNames.Of(value)));
        return new Option<T>(name)
        {
            Description = $"{meaning}: {spellings}. Default {YamlNames.Of(standard)}.",
            DefaultValueFactory = _ => standard,
            CustomParser = result => Parse(result, name, values, spellings),
        };
    }

    private static T Parse<T>(ArgumentResult result, string name, T[] values, string spellings)
        where T : struct, Enum
    {
        var text = result.Tokens[0].Value;
        foreach (var value in values)
        {
            if (YamlNames.Of(value) == text) return value;
        }

        result.AddError($"{name} is '{text}', but must be one of {spellings}.");
        return default;
    }
}
