using Lhts.Data.Order;

namespace Lhts.Data.Preparing.Tasks;

/// <summary>
/// Chains of operations modulo a number, with demonstrations that say the answer at once or work it out step by step. docs/reasoning.md says what it shows.
/// All answers have as many words as a chain has operations and one more: "Work: v1 … v6" and "Steps: v1 … v6" by themselves, "Answer: r" by full stops
/// after it. These follow with certainty, so they cost no log-probability, and p_T compares the ways of answering as if each ended by itself, without a
/// decision to end.
/// </summary>
public sealed record ChainOptions : TaskDataOptions
{
    // Streams of draws: chains, demonstrations.
    private const ulong ChainStream = 1;
    private const ulong AnswerStream = 2;

    /// <summary>Operations of a chain, each +, - or *, from left to right. Default 6.</summary>
    public int Operations { get; init; } = 6;

    /// <summary>Numbers are 0 to this less one, and results are taken modulo it. Default 40.</summary>
    public int Modulus { get; init; } = 40;

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

    /// <inheritdoc/>
    internal override string Title => "Arithmetic chains";

    /// <inheritdoc/>
    public override IEnumerable<string> Faults()
    {
        if (Operations is < 1 or > 64) yield return $"operations is {Operations}, but must be from 1 to 64";
        if (Modulus is < 2 or > 10_000) yield return $"modulus is {Modulus}, but must be from 2 to 10000";
        foreach (var fault in base.Faults()) yield return fault;
        if (2.0 * HeldOut > NumChains) yield return $"heldOut is {HeldOut}, but must be at most half of the {NumChains} chains that there are";
        if (!(AnswerShare >= 0 && WorkShare >= 0 && AnswerShare + WorkShare <= 1))
        {
            yield return "answerShare and workShare must not be below 0, nor above 1 together";
        }

        if (!(AnswerRight is >= 0 and <= 1)) yield return $"answerRight is {AnswerRight}, but must be from 0 to 1";
        if (!(Noise is >= 0 and <= 1)) yield return $"noise is {Noise}, but must be from 0 to 1";
    }

    /// <inheritdoc/>
    internal override string PromptOf(ulong number) => Chain(number).Prompt;

    /// <inheritdoc/>
    internal override string AnswerOf(ulong number) => ArithmeticChain.Text(Chain(number).Result);

    /// <inheritdoc/>
    internal override string DemonstrationOf(ulong number)
    {
        var (chain, key) = (Chain(number), KeyOf(AnswerStream, number));
        var kind = Uniform(key, 0);
        if (kind < AnswerShare)
        {
            var said = Uniform(key, 1) < AnswerRight ? chain.Result : IntegerHash.Draw(key, 2, Modulus);
            return $"Answer: {ArithmeticChain.Text(said)}{string.Concat(Enumerable.Repeat(" .", Operations - 1))}";
        }

        var values = chain.Running((value, i) => Uniform(key, 3 + 2 * i) < Noise ? IntegerHash.Draw(key, 4 + 2 * i, Modulus) : value);
        return $"{(kind < AnswerShare + WorkShare ? "Work:" : "Steps:")} {string.Join(' ', values.Select(ArithmeticChain.Text))}";
    }

    private ArithmeticChain Chain(ulong number) => ArithmeticChain.Draw(KeyOf(ChainStream, number), this);

    private static double Uniform(ulong key, int index) => IntegerHash.Draw(key, index, 1 << 30) / (double)(1 << 30);
}
