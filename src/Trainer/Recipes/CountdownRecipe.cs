using Lhts.Data.Preparing.Tasks;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Recipes;

/// <summary>The task of source countdown: an expression of given numbers that comes to a target; docs/reasoning.md says what it shows.</summary>
public sealed record CountdownRecipe
{
    private static readonly CountdownOptions Defaults = new();

    /// <summary>Decides every prompt and demonstration. Default 1.</summary>
    public long Seed { get; init; } = Defaults.Seed;

    /// <summary>Numbers of a prompt. Default 4.</summary>
    public int Numbers { get; init; } = Defaults.Numbers;

    /// <summary>Numbers are 1 to this. Default 20.</summary>
    public int Largest { get; init; } = Defaults.Largest;

    /// <summary>Targets are 1 to this. Default 50.</summary>
    public int LargestTarget { get; init; } = Defaults.LargestTarget;

    /// <summary>Demonstrations to learn from. Default 200000.</summary>
    public int Demonstrations { get; init; } = Defaults.Demonstrations;

    /// <summary>Prompts with an answer in the folder beside, none of which is demonstrated. Default 300.</summary>
    public int HeldOut { get; init; } = Defaults.HeldOut;

    /// <summary>Share of demonstrations whose signs are drawn anew, so that most of them miss the target. Default 0.1.</summary>
    public double Noise { get; init; } = Defaults.Noise;

    /// <summary>What it stands for.</summary>
    internal CountdownOptions Options => new()
    {
        Seed = Seed, Numbers = Numbers, Largest = Largest, LargestTarget = LargestTarget, Demonstrations = Demonstrations, HeldOut = HeldOut, Noise = Noise,
    };

    /// <summary>Adds what is wrong with the values.</summary>
    /// <param name="validator">At <c>data.prepare.countdown</c>.</param>
    internal void Check(Validator validator)
    {
        validator.Within("numbers", Numbers, 2, 16, "use e.g. 4");
        validator.Within("largest", Largest, 1, 1000, "use e.g. 20");
        validator.AtLeast("largestTarget", LargestTarget, Largest, "use e.g. 50");
        validator.AtLeastOne("demonstrations", Demonstrations, "use e.g. 200000");
        validator.AtLeastOne("heldOut", HeldOut, "use e.g. 300");
        validator.Check(
            2.0 * HeldOut <= Options.NumPromptsAtLeast, "heldOut", HeldOut, $"at most half of the {Options.NumPromptsAtLeast:0} choices of numbers",
            "ask for fewer");
        validator.Within("noise", Noise, 0, 1, "use e.g. 0.1");
    }
}
