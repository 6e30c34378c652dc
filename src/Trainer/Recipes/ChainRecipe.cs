using Lhts.Data.Preparing.Tasks;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Recipes;

/// <summary>The task of source arithmetic-chains; docs/reasoning.md says what it shows.</summary>
public sealed record ChainRecipe
{
    private static readonly ChainOptions Defaults = new();

    /// <summary>Decides every chain and demonstration. Default 1.</summary>
    public long Seed { get; init; } = Defaults.Seed;

    /// <summary>Operations of a chain, each +, - or *, from left to right. Default 6.</summary>
    public int Operations { get; init; } = Defaults.Operations;

    /// <summary>Numbers are 0 to this less one, and results are taken modulo it. Default 40.</summary>
    public int Modulus { get; init; } = Defaults.Modulus;

    /// <summary>Demonstrations to learn from. Default 200000.</summary>
    public int Demonstrations { get; init; } = Defaults.Demonstrations;

    /// <summary>Prompts with right answers in the folder beside, none of which is demonstrated. Default 300.</summary>
    public int HeldOut { get; init; } = Defaults.HeldOut;

    /// <summary>Share of demonstrations that say the answer at once. Default 0.5.</summary>
    public double AnswerShare { get; init; } = Defaults.AnswerShare;

    /// <summary>Share that work it out after "Work:"; the rest does so after "Steps:". Default 0.25.</summary>
    public double WorkShare { get; init; } = Defaults.WorkShare;

    /// <summary>Share of the answers said at once that are right; the others are random numbers. Default 0.9.</summary>
    public double AnswerRight { get; init; } = Defaults.AnswerRight;

    /// <summary>Probability with which a running value is replaced by a random number, from which the work then goes on. Default 0.05.</summary>
    public double Noise { get; init; } = Defaults.Noise;

    /// <summary>What it stands for.</summary>
    internal ChainOptions Options => new()
    {
        Seed = Seed, Operations = Operations, Modulus = Modulus, Demonstrations = Demonstrations, HeldOut = HeldOut, AnswerShare = AnswerShare,
        WorkShare = WorkShare, AnswerRight = AnswerRight, Noise = Noise,
    };

    /// <summary>Adds what is wrong with the values.</summary>
    /// <param name="validator">At <c>data.prepare.chains</c>.</param>
    internal void Check(Validator validator)
    {
        validator.Within("operations", Operations, 1, 64, "use e.g. 6");
        validator.Within("modulus", Modulus, 2, 10_000, "use e.g. 40");
        validator.AtLeastOne("demonstrations", Demonstrations, "use e.g. 200000");
        validator.AtLeastOne("heldOut", HeldOut, "use e.g. 300");
        validator.Check(
            2.0 * HeldOut <= Options.NumChains, "heldOut", HeldOut, $"at most half of the {Options.NumChains} chains that there are", "ask for fewer");
        validator.Within("answerShare", AnswerShare, 0, 1, "use e.g. 0.5");
        validator.Within("workShare", WorkShare, 0, 1 - Math.Clamp(AnswerShare, 0, 1), "use e.g. 0.25; both shares together are at most 1");
        validator.Within("answerRight", AnswerRight, 0, 1, "use e.g. 0.9");
        validator.Within("noise", Noise, 0, 1, "use e.g. 0.05");
    }
}
