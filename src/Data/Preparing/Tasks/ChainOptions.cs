namespace Lhts.Data.Preparing.Tasks;

/// <summary>
/// A task made from a seed: chains of operations modulo a number, with demonstrations that say the answer at once or work it out step by step.
/// docs/reasoning.md says what it shows.
/// </summary>
public sealed record ChainOptions
{
    /// <summary>Decides every chain and demonstration. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Operations of a chain, each +, - or *, from left to right. Default 6.</summary>
    public int Operations { get; init; } = 6;

    /// <summary>Numbers are 0 to this less one, and results are taken modulo it. Default 40.</summary>
    public int Modulus { get; init; } = 40;

    /// <summary>Demonstrations to learn from. Default 200000.</summary>
    public int Demonstrations { get; init; } = 200_000;

    /// <summary>Prompts with right answers in the folder beside, none of which is demonstrated. Default 300.</summary>
    public int HeldOut { get; init; } = 300;

    /// <summary>Share of demonstrations that say the answer at once. Default 0.5.</summary>
    public double AnswerShare { get; init; } = 0.5;

    /// <summary>Share that work it out after "Work:"; the rest does so after "Steps:". Default 0.25.</summary>
    public double WorkShare { get; init; } = 0.25;

    /// <summary>Share of the answers said at once that are right; the others are random numbers. Default 0.9.</summary>
    public double AnswerRight { get; init; } = 0.9;

    /// <summary>Probability with which a running value is replaced by a random number, from which the work then goes on. Default 0.05.</summary>
    public double Noise { get; init; } = 0.05;

    /// <summary>Chains that there are.</summary>
    public double NumChains => Math.Pow(Modulus, Operations + 1) * Math.Pow(ArithmeticChain.Operators.Length, Operations);

    /// <summary>What is wrong with the values; empty when nothing is.</summary>
    public IEnumerable<string> Faults()
    {
        if (Operations is < 1 or > 64) yield return $"operations is {Operations}, but must be from 1 to 64";
        if (Modulus is < 2 or > 10_000) yield return $"modulus is {Modulus}, but must be from 2 to 10000";
        if (Demonstrations < 1) yield return $"demonstrations is {Demonstrations}, but must be at least 1";
        if (HeldOut < 1) yield return $"heldOut is {HeldOut}, but must be at least 1";
        if (2.0 * HeldOut > NumChains) yield return $"heldOut is {HeldOut}, but must be at most half of the {NumChains} chains that there are";
        if (!(AnswerShare >= 0 && WorkShare >= 0 && AnswerShare + WorkShare <= 1))
        {
            yield return "answerShare and workShare must not be below 0, nor above 1 together";
        }

        if (!(AnswerRight is >= 0 and <= 1)) yield return $"answerRight is {AnswerRight}, but must be from 0 to 1";
        if (!(Noise is >= 0 and <= 1)) yield return $"noise is {Noise}, but must be from 0 to 1";
    }
}
