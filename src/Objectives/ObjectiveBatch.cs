using TorchSharp;

namespace Lhts.Objectives;

/// <summary>What an objective knows of the sequences of a micro-batch: B sequences, L predicted positions, padded on the right.</summary>
/// <param name="Targets">(B, L) int64: the token that position i predicts. Any valid token where the mask is zero.</param>
/// <param name="Mask">(B, L) bool: the positions that count.</param>
/// <param name="Temperatures">(B) floating: the temperature of each sequence, above zero.</param>
public sealed record ObjectiveBatch(torch.Tensor Targets, torch.Tensor Mask, torch.Tensor Temperatures)
{
    /// <summary>
    /// (B, L) bool: positions behind those that count, which belong to the next piece of a document that goes on: weights look at what the
    /// teacher says there, no loss counts them. Default null: there are none, and sequences end where the mask does.
    /// </summary>
    public torch.Tensor? LookAhead { get; init; }

    /// <summary>
    /// (B, L): the student's log-probs before the step, for an objective that reads them (<see cref="IStepAgreement.ReadsStudent"/>). Default null.
    /// </summary>
    public torch.Tensor? StudentLogProbs { get; init; }

    /// <summary>(B, L): log-probs under what drew the sequences, when it drew them; zero where the mask is. Default null: not known.</summary>
    public torch.Tensor? DrawnLogProbs { get; init; }

    /// <summary>
    /// Whether the sequences are texts of p_T itself, on which an objective for own samples is maximum likelihood. Default false: they are not known to be.
    /// </summary>
    public bool IsOfTarget { get; init; }

    /// <summary>(B) int64: sequences of one group are compared with each other. Default null: all are one group.</summary>
    public torch.Tensor? Groups { get; init; }
}
