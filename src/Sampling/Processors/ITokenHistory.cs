namespace Lhts.Sampling.Processors;

/// <summary>What a row has so far, for the processors that look back.</summary>
public interface ITokenHistory
{
    /// <summary>The prompt and what follows it.</summary>
    IReadOnlyList<int> Tokens { get; }

    /// <summary>How many of them are the prompt.</summary>
    int PromptLength { get; }

    /// <summary>The least entropy in nats that the model had at a step of this row; infinity before the first.</summary>
    double LowestEntropy { get; set; }
}
