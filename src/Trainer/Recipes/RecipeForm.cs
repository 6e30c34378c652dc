using Lhts.Trainer.Conditioning;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Recipes.Yaml;
using Lhts.Trainer.Sources;

namespace Lhts.Trainer.Recipes;

/// <summary>What the reader of YAML must know of recipes besides their records: types with a form of their own, and groups that have kinds.</summary>
internal static class RecipeForm
{
    /// <summary>The form.</summary>
    public static YamlForm Form { get; } = new([new TemperaturesConverter()], [ObjectiveKinds.All, SourceKinds.All, ConditioningKinds.All]);
}
