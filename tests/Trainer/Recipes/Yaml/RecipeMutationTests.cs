using FsCheck;
using FsCheck.Fluent;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Tests.Recipes.Yaml;

/// <summary>Whatever happens to a recipe, it is either read or refused with a message.</summary>
public class RecipeMutationTests
{
    private const string Valid = """
        name: quick
        seed: 7
        model: {numLayers: 2, tieEmbeddings: true, checkpoint: null}
        student:
          numSteps: 10
          stepSize: 1e-4
          baseline: index-token
          temperature: [0.5, 1]
          horizons:
            - 8
        sources:
          - path: "a b"
            share: 0.5
        """;

    private static readonly string[] Fragments =
    [
        "{", "}", "[", "]", ":", ": ", ",", "- ", "\n", "\t", " ", "  ", "#", "&a ", "*a", "!x ", "|", ">", "\"", "'", "%", "@", "`", "? ",
        "---", "...", "~", "null", "\\", "\\u", "\0", "\u2028", "\uFEFF", "é", "😀", "\uD800", "<<", "1e999", "-", "0x", "true", "%YAML 1.2\n",
    ];

    [FsCheck.NUnit.Property(MaxTest = 3000)]
    public Property Bind_MutatedRecipe_IsReadOrRefused()
    {
        var edit =
            from place in Gen.Choose(0, Valid.Length - 1)
            from cut in Gen.Choose(0, 4)
            from fragment in Gen.OneOf(Gen.Constant(""), Gen.Elements(Fragments), Gen.Choose(0, 0xffff).Select(code => ((char)code).ToString()))
            select (place, cut, fragment);
        var texts = edit.ListOf().Where(edits => edits.Count is > 0 and < 6).Select(edits => edits.Aggregate(Valid, Apply));
        return Prop.ForAll(texts.ToArbitrary(), text => IsReadOrRefused(text));
    }

    private static string Apply(string text, (int Place, int Cut, string Fragment) edit)
    {
        var place = Math.Min(edit.Place, text.Length);
        return text[..place] + edit.Fragment + text[Math.Min(text.Length, place + edit.Cut)..];
    }

    private static bool IsReadOrRefused(string text)
    {
        try
        {
            return SampleRecipe.Bind(text).Value.Name is not null;
        }
        catch (RecipeException refused)
        {
            return refused.Errors.Count > 0 && refused.Message.Split('\n').Length == refused.Errors.Count + 1;
        }
    }
}
