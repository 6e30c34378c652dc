namespace Lhts.Objectives;

/// <summary>
/// What the sequences of a whole step agree on before its first loss, whatever micro-batches and ranks they are in. A step goes
/// <code>
/// do { foreach micro-batch: Observe; sum Pending over the ranks; } while (Commit());
/// foreach micro-batch: Loss(...).Backward(1.0 / count of the whole step);
/// sum Pending over the ranks; EndStep();
/// </code>
/// Everything a loss depends on besides its own sequences is fixed by <see cref="Commit"/>, so the gradient of the step is the same however
/// its sequences are split.
/// </summary>
public interface IStepAgreement : IStepState
{
    /// <summary>Whether <see cref="Observe"/> reads <see cref="ObjectiveBatch.StudentLogProbs"/>, which takes one more forward pass. Default false.</summary>
    bool ReadsStudent => false;

    /// <summary>Adds a micro-batch to the pending sums. Teacher logits are not read here.</summary>
    void Observe(ObjectiveBatch batch, TeacherSignal? teacher);

    /// <summary>Folds the pending sums in. True when the step's micro-batches must all be observed once more.</summary>
    bool Commit();

    /// <summary>Folds in what the losses of this step have added to the pending sums. Default: nothing.</summary>
    void EndStep()
    {
    }
}
