using Lhts.Data.Batching;

namespace Lhts.Trainer.Sources;

/// <summary>
/// Whose sequences a model is trained on. A source gives this rank's share of each step, in order, and says what a checkpoint must hold for the steps after
/// it to be the same. Which sequences a step has over all ranks does not depend on how many ranks there are.
/// </summary>
public interface ISequenceSource : IDisposable
{
    /// <summary>This rank's sequences of a step, in micro-batches; none when there are more ranks than sequences.</summary>
    /// <param name="step">The step, from 0. Steps are asked for in order, each once, from where the run starts or was resumed.</param>
    /// <param name="stop">May break it off: the step is then not made.</param>
    /// <exception cref="OperationCanceledException">It was broken off.</exception>
    /// <exception cref="InvalidDataException">The data cannot be read.</exception>
    IReadOnlyList<MicroBatch> Next(long step, CancellationToken stop);

    /// <summary>Tells it that a step is done: the student has its new weights. Default: nothing.</summary>
    /// <param name="step">The step, from 0.</param>
    void Done(long step)
    {
    }

    /// <summary>Writes what the next steps depend on into a checkpoint's folder: shared state by the leader, a rank's own by each. Default: nothing.</summary>
    /// <param name="folder">The checkpoint's folder, which all ranks write into.</param>
    void Save(string folder)
    {
    }

    /// <summary>Takes over what <see cref="Save"/> wrote. Default: nothing.</summary>
    /// <exception cref="InvalidDataException">The files belong to other data or settings.</exception>
    void Load(string folder)
    {
    }

    /// <summary>Passes over the data so far, with the fraction of the present one. Default 0: there is no end to it.</summary>
    double Epoch => 0;

    /// <summary>What became of documents. Default null: it reads none.</summary>
    DataCounters? Documents => null;

    /// <inheritdoc/>
    void IDisposable.Dispose()
    {
    }
}
