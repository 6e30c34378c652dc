namespace Lhts.Sampling.Joint;

/// <summary>How texts are drawn from <c>p^(1/T)</c> by Metropolis-Hastings over blocks.</summary>
public sealed record PowerMhOptions
{
    /// <summary>A text is made in so many blocks where none are asked for, as in the paper.</summary>
    private const int NumBlocks = 16;

    /// <summary>The long-horizon temperature T of the whole text. Default: 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Myopic temperature of the proposal's tokens. Default: none, which is T.</summary>
    public double? ProposalTemperature { get; init; }

    /// <summary>Independent chains, which go through the model together; each ends in one text. Default: 16.</summary>
    public int NumChains { get; init; } = 16;

    /// <summary>Tokens by which the texts grow at a time. Default: none, a sixteenth of the new tokens.</summary>
    public int? BlockSize { get; init; }

    /// <summary>Proposals to each chain after each block. Default: 10, the paper's.</summary>
    public int StepsPerBlock { get; init; } = 10;

    /// <summary>Tokens added to the prompt at most, and exactly so without an end-of-text. Default: none, until the context is full.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>The token that ends a text and is its last one. Default: none, texts of a fixed length.</summary>
    public int? EndOfText { get; init; }

    /// <summary>Tokens that no text has; the model's distributions are those of the others, normalised. Default: none.</summary>
    public IReadOnlyList<int> BannedTokens { get; init; } = [];

    /// <summary>Seed of all draws. Default: 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>The faults of these options for a model of <paramref name="vocabularySize"/> tokens, one sentence each.</summary>
    public IEnumerable<string> Faults(int vocabularySize)
    {
        // What both methods have is judged in one place.
        var shared = new PowerSmcOptions
        {
            Temperature = Temperature, ProposalTemperature = ProposalTemperature, MaxNewTokens = MaxNewTokens, EndOfText = EndOfText,
            BannedTokens = BannedTokens,
        };
        foreach (var fault in shared.Faults(vocabularySize)) yield return fault;
        if (NumChains < 2) yield return $"the number of chains is {NumChains}; it must be 2 or more";
        if (BlockSize < 1) yield return $"the size of a block is {BlockSize}; it must be 1 or more";
        if (StepsPerBlock < 1) yield return $"the number of steps is {StepsPerBlock}; it must be 1 or more";
    }

    /// <summary>The lengths at which proposals are made, in rising order; the last is <paramref name="numNewTokens"/>.</summary>
    internal IEnumerable<int> Lengths(int numNewTokens)
    {
        var size = BlockSize ?? Math.Max(1, (numNewTokens + NumBlocks - 1) / NumBlocks);
        for (var length = size; length < numNewTokens; length += size) yield return length;
        yield return numNewTokens;
    }
}
