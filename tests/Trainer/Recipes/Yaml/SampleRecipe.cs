using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Tests.Recipes.Yaml;

/// <summary>A recipe with every kind of value that the binder knows.</summary>
public sealed record SampleRecipe
{
    public required string Name { get; init; }

    public long Seed { get; init; } = 1;

    public SampleModel Model { get; init; } = new();

    public SampleStage Teacher { get; init; } = new() { NumSteps = 100, StepSize = 1e-3 };

    public SampleStage? Student { get; init; }

    public IReadOnlyList<SampleSource> Sources { get; init; } = [];

    public static YamlForm Form { get; } = new([new TemperaturesConverter()], []);

    public static BoundRecipe<SampleRecipe> Bind(string yaml) => YamlBinder.Bind<SampleRecipe>(yaml, "recipes/x.yaml", Form);

    /// <summary>The whole message that a recipe is refused with.</summary>
    public static string MessageFor(string yaml) => Assert.Throws<RecipeException>(() => Bind(yaml))!.Message;
}

public sealed record SampleModel
{
    public int NumLayers { get; init; } = 4;

    public bool TieEmbeddings { get; init; } = true;

    public string? Checkpoint { get; init; }
}

public sealed record SampleStage
{
    public required int NumSteps { get; init; }

    public double StepSize { get; init; } = 5e-4;

    public double? GradientClip { get; init; } = 1;

    public SampleBaseline Baseline { get; init; } = SampleBaseline.None;

    public Temperatures Temperature { get; init; } = new([0.9]);

    public int[] Horizons { get; init; } = [];
}

public sealed record SampleSource
{
    public required string Path { get; init; }

    public double Share { get; init; } = 1;
}

public enum SampleBaseline
{
    None,
    Mean,
    Index,
    IndexToken,
}

/// <summary>One temperature or several.</summary>
public sealed record Temperatures(IReadOnlyList<double> Values);

public sealed class TemperaturesConverter : YamlConverter<Temperatures>
{
    protected override bool TryRead(YamlNode node, YamlContext context, out Temperatures value)
    {
        value = new([]);
        switch (node)
        {
            case YamlSequence when context.TryBind<double[]>(node, out var several):
                value = new(several!);
                return true;
            case YamlScalar { IsNull: false } when context.TryBind<double>(node, out var one):
                value = new([one]);
                return true;
            case YamlMapping or YamlScalar { IsNull: true }:
                context.Refuse(node, "a number or a list of numbers");
                return false;
            default:
                return false;
        }
    }

    protected override object Write(Temperatures value) => value.Values is [var one] ? one : value.Values;
}
