namespace Lhts.Sampling.Joint;

/// <summary>How texts are drawn from <c>p^(1/T)</c> by sequential Monte Carlo.</summary>
public sealed record PowerSmcOptions
{
    /// <summary>The long-horizon temperature T of the whole text. Default: 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>
    /// Myopic temperature of the proposal's tokens. Default: none, which is T for the teacher as its own proposal (the weights are then known before the
    /// token is drawn) and 1 for a student.
    /// </summary>
    public double? ProposalTemperature { get; init; }

    /// <summary>Particles of a run, which go through the model together. Default: 256.</summary>
    public int NumParticles { get; init; } = 256;

    /// <summary>Independent runs; from two on, log Z has a standard error. Default: 4.</summary>
    public int NumRuns { get; init; } = 4;

    /// <summary>A run resamples when its effective sample size falls below this share of the particles; 0 never does. Default: 0.5.</summary>
    public double ResampleBelow { get; init; } = 0.5;

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
        if (!(Temperature > 0 && double.IsFinite(Temperature))) yield return $"temperature is {Temperature}; it must be above 0";
        if (ProposalTemperature is { } tau && !(tau > 0 && double.IsFinite(tau))) yield return $"proposal temperature is {tau}; it must be above 0";
        if (NumParticles < 2) yield return $"the number of particles is {NumParticles}; it must be 2 or more";
        if (NumRuns < 1) yield return $"the number of runs is {NumRuns}; it must be 1 or more";
        if (!(ResampleBelow >= 0 && ResampleBelow <= 1)) yield return $"the share to resample below is {ResampleBelow}; it must be from 0 to 1";
        if (MaxNewTokens < 1) yield return $"the number of new tokens is {MaxNewTokens}; it must be 1 or more";
        if (EndOfText < 0 || EndOfText >= vocabularySize) yield return $"end-of-text is token {EndOfText}; the model's tokens are 0 to {vocabularySize - 1}";
        foreach (var token in BannedTokens)
        {
            if (token < 0 || token >= vocabularySize) yield return $"banned token {token} is none; the model's tokens are 0 to {vocabularySize - 1}";
            if (token == EndOfText) yield return $"end-of-text {token} is banned; leave it out for texts of a fixed length";
        }

        if (BannedTokens.Distinct().Count() >= vocabularySize) yield return "every token is banned";
    }
}
