using System.Text.Encodings.Web;
using System.Text.Json;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Recipes;

/// <summary>recipes/recipe.schema.json: what editors know about recipes.</summary>
public static class RecipeSchema
{
    /// <summary>Its name.</summary>
    public const string FileName = "recipe.schema.json";

    private static readonly JsonSerializerOptions Format =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Its text, from the records that recipes are bound to and their documentation.</summary>
    /// <exception cref="FileNotFoundException">The documentation does not lie beside the program.</exception>
    public static string Text()
    {
        var summaries = new XmlSummaries(typeof(Recipe).Assembly);
        return new YamlSchema(RecipeForm.Form, summaries.Of).OfFile(typeof(Recipe), "A recipe of lhts").ToJsonString(Format) + "\n";
    }
}
