using Lhts.Data.Batching;
using Lhts.Trainer.Sources;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Training;

/// <summary>One rank's sequences of a step.</summary>
/// <param name="Step">Which step this is, counted from 0.</param>
/// <param name="MicroBatches">The sequences, grouped by source and length; there may be none.</param>
public sealed record StepSequences(long Step, IReadOnlyList<MicroBatch> MicroBatches)
{
    /// <summary>Sequences of this rank.</summary>
    public int NumSequences => MicroBatches.Sum(batch => batch.NumSequences);

    /// <summary>Tokens of this rank's sequences, without padding.</summary>
    public long NumTokens => MicroBatches.Sum(batch => batch.Lengths.Sum(length => (long)length));

    /// <summary>Of these tokens those that the student drew for this step.</summary>
    public long NumDrawnTokens => MicroBatches.Where(batch => batch.Source == StudentSamples.Name)
        .Sum(batch => batch.Lengths.Zip(batch.PromptLengths, (length, prompt) => (long)length - prompt).Sum());

    /// <summary>Tokens of this rank's sequences that are predicted and scored: neither prompts nor look-aheads.</summary>
    public long NumScored => MicroBatches.Sum(
        batch => batch.Lengths.Sum(length => (long)length) - batch.PromptLengths.Sum() - batch.LookAheads.Sum());

    /// <summary>Positions that this rank computes, padding included.</summary>
    public long NumPositions => MicroBatches.Sum(batch => (long)batch.NumSequences * batch.Length);

    /// <summary>The micro-batches as tensors; a rank without any gets an empty one, so that it takes part all the same.</summary>
    internal IReadOnlyList<StepInputs> ToDevice(TemperatureDraws temperatures, IReadOnlySet<int> banned, Device device, bool hasScores)
    {
        var parts = MicroBatches.Select(batch => StepInputs.Of(batch, Step, temperatures, banned, device)).ToArray();
        return parts.Length > 0 ? parts : [StepInputs.Empty(device, hasScores)];
    }
}
