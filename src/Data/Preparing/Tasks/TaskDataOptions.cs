namespace Lhts.Data.Preparing.Tasks;

/// <summary>A task that is made from a seed: demonstrations to learn from, and prompts that are held out from them.</summary>
public abstract record TaskDataOptions
{
    /// <summary>Decides every prompt and demonstration. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Demonstrations to learn from. Default 200000.</summary>
    public int Demonstrations { get; init; } = 200_000;

    /// <summary>Prompts with right answers in the folder beside, none of which is demonstrated. Default 300.</summary>
    public int HeldOut { get; init; } = 300;

    /// <summary>The task's name in messages.</summary>
    internal abstract string Title { get; }

    /// <summary>What is wrong with the values; empty when nothing is.</summary>
    public virtual IEnumerable<string> Faults()
    {
        if (Demonstrations < 1) yield return $"demonstrations is {Demonstrations}, but must be at least 1";
        if (HeldOut < 1) yield return $"heldOut is {HeldOut}, but must be at least 1";
    }

    /// <summary>The prompt of a number; the same prompt may have several numbers.</summary>
    internal abstract string PromptOf(ulong number);

    /// <summary>The right answer to the prompt of a number.</summary>
    internal abstract string AnswerOf(ulong number);

    /// <summary>The demonstration of a number.</summary>
    internal abstract string DemonstrationOf(ulong number);

    /// <summary>The key of a number's draws in a stream of them.</summary>
    private protected ulong KeyOf(ulong stream, ulong number) => Order.IntegerHash.Combine(Order.IntegerHash.Combine((ulong)Seed, stream), number);
}
