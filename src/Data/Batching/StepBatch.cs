namespace Lhts.Data.Batching;

/// <summary>One rank's share of a step.</summary>
public sealed class StepBatch
{
    /// <summary>Which step this is, counted from 0.</summary>
    public required long Step { get; init; }

    /// <summary>The epoch of the newest document taken, counted from 0.</summary>
    public required long Epoch { get; init; }

    /// <summary>The rank's sequences, grouped by length; none when the last step of a finite run has fewer sequences than ranks.</summary>
    public required IReadOnlyList<MicroBatch> MicroBatches { get; init; }

    /// <summary>Where the stream stands after this step; save it when the step is done.</summary>
    public required DataState NextState { get; init; }

    /// <summary>Sequences of the step over all ranks: S, fewer only at the end of a finite run.</summary>
    public required int NumGlobalSequences { get; init; }

    /// <summary>Sequences of this rank.</summary>
    public int NumSequences => MicroBatches.Sum(batch => batch.NumSequences);

    /// <summary>Tokens of this rank's sequences, without padding.</summary>
    public long NumTokens => MicroBatches.Sum(batch => batch.Lengths.Sum(length => (long)length));

    /// <summary>Positions that this rank computes, padding included.</summary>
    public long NumPositions => MicroBatches.Sum(batch => (long)batch.NumSequences * batch.Length);
}
