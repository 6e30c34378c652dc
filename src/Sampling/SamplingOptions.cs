namespace Lhts.Sampling;

/// <summary>How sequences are drawn from a model.</summary>
public sealed record SamplingOptions
{
    /// <summary>Myopic temperature, applied to each token's distribution by itself; 0 always takes the likeliest token. Default: 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Long-horizon temperature given to a student that knows temperatures. Default: none, which such a student takes as 1.</summary>
    public double? LongHorizonTemperature { get; init; }

    /// <summary>Draw among the k likeliest tokens only (Fan et al. 2018). Default: none, all tokens.</summary>
    public int? TopK { get; init; }

    /// <summary>Draw among the likeliest tokens that together reach this probability (Holtzman et al. 2020). Default: 1, all tokens.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Tokens added to each prompt at most; the model's context ends a sequence as well. Default: none, until the context is full.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>The token that ends a sequence and is its last one. Default: none.</summary>
    public int? EndOfText { get; init; }

    /// <summary>Sequences generated at a time. Results do not depend on it beyond rounding. Default: 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Seed of all draws. Default: 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>The faults of these options for a model of <paramref name="vocabularySize"/> tokens, one sentence each.</summary>
    public IEnumerable<string> Faults(int vocabularySize)
    {
        if (!(Temperature >= 0 && double.IsFinite(Temperature))) yield return $"temperature is {Temperature}; it must be 0 or more";
        if (LongHorizonTemperature is { } horizon && !(horizon > 0 && double.IsFinite(horizon)))
        {
            yield return $"long-horizon temperature is {horizon}; it must be above 0";
        }
        if (TopK < 1) yield return $"top-k is {TopK}; it must be 1 or more";
        if (!(TopP > 0 && TopP <= 1)) yield return $"top-p is {TopP}; it must be above 0 and at most 1";
        if (MaxNewTokens < 0) yield return $"the number of new tokens is {MaxNewTokens}; it must be 0 or more";
        if (EndOfText < 0 || EndOfText >= vocabularySize)
        {
            yield return $"end-of-text is token {EndOfText}; the model's tokens are 0 to {vocabularySize - 1}";
        }
        if (BatchSize < 1) yield return $"batch size is {BatchSize}; it must be 1 or more";
    }
}
