using Lhts.Models.Gpt;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Conditioning;

/// <summary>How a student is told its temperature or tag. A kind is a record that derives from this one, whose properties are its keys.</summary>
public abstract record ConditioningRecipe
{
    /// <summary>What the model is made with.</summary>
    internal abstract TemperatureConditioning Conditioning { get; }
}

/// <summary>Not at all: a student of one temperature.</summary>
public sealed record NoConditioningRecipe : ConditioningRecipe
{
    /// <inheritdoc/>
    internal override TemperatureConditioning Conditioning => TemperatureConditioning.None;
}

/// <summary>By a shift of every token's embedding.</summary>
public sealed record EveryPositionRecipe : ConditioningRecipe
{
    /// <inheritdoc/>
    internal override TemperatureConditioning Conditioning => TemperatureConditioning.EveryPosition;
}

/// <summary>By a prefix, as in the paper.</summary>
public sealed record PrefixRecipe : ConditioningRecipe
{
    /// <inheritdoc/>
    internal override TemperatureConditioning Conditioning => TemperatureConditioning.Prefix;
}

/// <summary>By gains and shifts of the layer norms.</summary>
public sealed record LayerNormsRecipe : ConditioningRecipe
{
    /// <inheritdoc/>
    internal override TemperatureConditioning Conditioning => TemperatureConditioning.LayerNorms;
}

/// <summary>By a path in weight space: theta(T) = theta_teacher + x (D1 + x D2), x = (1/T - 1) / (1/T_min - 1); one temperature a step.</summary>
public sealed record WeightsRecipe : ConditioningRecipe
{
    /// <summary>Rank of D1 and D2 of matrices. Default: nothing, they are full.</summary>
    public int? Rank { get; init; }

    /// <inheritdoc/>
    internal override TemperatureConditioning Conditioning => TemperatureConditioning.Weights;
}

/// <summary>Every conditioning that a recipe can name: one line each.</summary>
public static class ConditioningKinds
{
    /// <summary>The kinds.</summary>
    public static KindRegistry<ConditioningRecipe> All { get; } = new KindRegistry<ConditioningRecipe>()
        .Add<NoConditioningRecipe>("none")
        .Add<EveryPositionRecipe>("every-position")
        .Add<PrefixRecipe>("prefix")
        .Add<LayerNormsRecipe>("layer-norms")
        .Add<WeightsRecipe>("weights");
}
