namespace Lhts.Models.Gpt;

/// <summary>What a student has besides its teacher's weights.</summary>
public sealed record Gpt2StudentOptions
{
    /// <summary>
    /// The rank of D1 and D2 of matrices, for <see cref="TemperatureConditioning.Weights"/>; vectors, and matrices that this would not make smaller, have full
    /// ones. Default: null, all are full.
    /// </summary>
    public int? Rank { get; init; }

    /// <summary>What logits are divided by, as pairs of T and tau. Default: null, nothing; the student then has no output scale at all.</summary>
    public IReadOnlyList<OutputTemperature>? OutputTemperatures { get; init; }

    /// <summary>Of the first factors of low rank. Default: 1.</summary>
    public ulong Seed { get; init; } = 1;
}
