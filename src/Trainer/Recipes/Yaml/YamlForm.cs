namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>What is read and written otherwise than by the plain rules.</summary>
/// <param name="Converters">Types with a form of their own.</param>
/// <param name="Kinds">Groups that have kinds.</param>
public sealed record YamlForm(IReadOnlyList<YamlConverter> Converters, IReadOnlyList<KindRegistry> Kinds)
{
    /// <summary>The plain rules alone.</summary>
    public static YamlForm Plain { get; } = new([], []);

    /// <summary>The converter of a type; null for none.</summary>
    internal YamlConverter? ConverterOf(Type type) => Converters.FirstOrDefault(converter => converter.Type == type);

    /// <summary>The kinds of a group; null where it has none.</summary>
    internal KindRegistry? KindsOf(Type type) => Kinds.FirstOrDefault(kinds => kinds.Base == type);
}
