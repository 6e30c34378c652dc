namespace Lhts.Evaluation.Temperatures;

/// <summary>Predictions that can be gone through several times.</summary>
public interface IPredictions
{
    /// <summary>G: groups are 0..G-1.</summary>
    int NumGroups { get; }

    /// <summary>All predictions; a chunk's tensors live until the next is asked for.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    IEnumerable<PredictionChunk> Chunks(CancellationToken cancellation = default);
}
