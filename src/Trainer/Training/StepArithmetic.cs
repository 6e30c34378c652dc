using Lhts.Data.Batching;
using Lhts.Models.Gpt;

namespace Lhts.Trainer.Training;

/// <summary>
/// The floating-point operations of a step's matrix products, padding included: what the device does, whether it is useful or not. Two
/// for each multiplication with a weight, and the two products of attention (Kaplan et al. 2020, section 2.1); backward is twice
/// forward.
/// </summary>
/// <param name="student">The model that is trained.</param>
/// <param name="teacher">The model that only runs forward, or null.</param>
/// <param name="isRecomputed">Whether the forward pass is made once more while going backward.</param>
internal sealed class StepArithmetic(Gpt2Config student, Gpt2Config? teacher, bool isRecomputed)
{
    private const int Backward = 2;

    // Of E x E: query, key, value and output.
    private const int MatricesOfAttention = 4;

    /// <summary>The operations of a step.</summary>
    public double Of(StepSequences step) => step.MicroBatches.Sum(Of);

    private double Of(MicroBatch batch)
    {
        var passes = 1 + Backward + (isRecomputed ? 1 : 0);
        return (passes * Forward(student, batch)) + (teacher is null ? 0 : Forward(teacher, batch));
    }

    private static double Forward(Gpt2Config model, MicroBatch batch)
    {
        double length = batch.Length - 1;
        double width = model.EmbeddingSize;
        var attention = width * ((MatricesOfAttention * width) + (2 * length));
        var block = attention + (2 * width * model.FeedForwardSize);
        return 2 * batch.NumSequences * length * ((model.NumLayers * block) + (model.VocabularySize * width));
    }
}
