using Lhts.Sampling.Schedules;

namespace Lhts.Sampling;

/// <summary>How sequences are drawn from a model.</summary>
public sealed record SamplingOptions
{
    /// <summary>
    /// Myopic temperature, applied to each token's distribution by itself, of the whole real line: 0 always takes the likeliest token, infinity makes all
    /// alike, a negative one prefers the least likely, -0 always takes the least likely; of ties the lowest. Default: 1.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Makes another myopic temperature of it at each token. Default: none, the same at all.</summary>
    public TemperatureSchedule? Schedule { get; init; }

    /// <summary>Long-horizon temperature given to a student that knows temperatures. Default: none, which such a student takes as 1.</summary>
    public double? LongHorizonTemperature { get; init; }

    /// <summary>Draw among the k likeliest tokens only (Fan et al. 2018). Default: none, all tokens.</summary>
    public int? TopK { get; init; }

    /// <summary>Draw among the likeliest tokens that together reach this probability (Holtzman et al. 2020). Default: 1, all tokens.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Draw among the tokens with at least this share of the likeliest one's probability (Nguyen et al. 2024). Default: 0, all tokens.</summary>
    public double MinP { get; init; }

    /// <summary>
    /// Draw among the tokens that together reach this probability, those first whose surprise is nearest to the entropy (Meister et al. 2023). Default: 1,
    /// all tokens.
    /// </summary>
    public double Typical { get; init; } = 1;

    /// <summary>Divides positive and multiplies negative logits of tokens of prompt and text (Keskar et al. 2019). Default: 1, which does nothing.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Taken from the logit of every token that the text has, the prompt not counted, in nats. Default: 0.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>Taken from it once more for each time that it stands there, in nats. Default: 0.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>The only tokens that may be drawn. Default: none, all may.</summary>
    public IReadOnlyList<int>? AllowedTokens { get; init; }

    /// <summary>Tokens that are never drawn, allowed or not. Default: none.</summary>
    public IReadOnlyList<int> BannedTokens { get; init; } = [];

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
        if (double.IsNaN(Temperature)) yield return "temperature is NaN; it must be a number, or infinity";
        foreach (var fault in Schedule?.Faults(Temperature) ?? []) yield return fault;
        if (LongHorizonTemperature is { } horizon && !(horizon > 0 && double.IsFinite(horizon)))
        {
            yield return $"long-horizon temperature is {horizon}; it must be above 0";
        }
        if (TopK < 1) yield return $"top-k is {TopK}; it must be 1 or more";
        if (!(TopP > 0 && TopP <= 1)) yield return $"top-p is {TopP}; it must be above 0 and at most 1";
        if (!(MinP >= 0 && MinP <= 1)) yield return $"min-p is {MinP}; it must be from 0 to 1";
        if (!(Typical > 0 && Typical <= 1)) yield return $"typical is {Typical}; it must be above 0 and at most 1";
        foreach (var fault in PenaltyFaults().Concat(TokenFaults(vocabularySize))) yield return fault;
        if (MaxNewTokens < 0) yield return $"the number of new tokens is {MaxNewTokens}; it must be 0 or more";
        if (EndOfText < 0 || EndOfText >= vocabularySize)
        {
            yield return $"end-of-text is token {EndOfText}; the model's tokens are 0 to {vocabularySize - 1}";
        }
        if (BatchSize < 1) yield return $"batch size is {BatchSize}; it must be 1 or more";
    }

    private IEnumerable<string> PenaltyFaults()
    {
        if (!(RepetitionPenalty > 0 && double.IsFinite(RepetitionPenalty))) yield return $"repetition penalty is {RepetitionPenalty}; it must be above 0";
        if (!double.IsFinite(PresencePenalty)) yield return $"presence penalty is {PresencePenalty}; it must be a finite number";
        if (!double.IsFinite(FrequencyPenalty)) yield return $"frequency penalty is {FrequencyPenalty}; it must be a finite number";
    }

    private IEnumerable<string> TokenFaults(int vocabularySize)
    {
        foreach (var token in BannedTokens.Concat(AllowedTokens ?? []).Where(token => token < 0 || token >= vocabularySize))
        {
            yield return $"token {token} cannot be allowed or banned; the model's tokens are 0 to {vocabularySize - 1}";
        }

        var left = AllowedTokens is { } allowed ? allowed.Except(BannedTokens).Any() : BannedTokens.Distinct().Count() < vocabularySize;
        if (!left) yield return "no token is left that may be drawn: allow more, or ban fewer";
    }
}
