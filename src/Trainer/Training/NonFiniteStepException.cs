using System.Globalization;
using Lhts.Data.Batching;

namespace Lhts.Trainer.Training;

/// <summary>A loss or gradient that is NaN or infinite. The run stops before the parameters change.</summary>
public sealed class NonFiniteStepException : Exception
{
    private const int MostShown = 20;

    internal NonFiniteStepException(StepBatch step, double loss, double gradientNorm)
        : base(Describe(step, loss, gradientNorm))
    {
    }

    private static string Describe(StepBatch step, double loss, double gradientNorm)
    {
        var documents = step.MicroBatches.SelectMany(batch => batch.DocumentIds).Order().ToArray();
        var shown = string.Join(", ", documents.Take(MostShown)) + (documents.Length > MostShown ? ", ..." : "");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"step {step.Step}: the loss is {loss} and the gradient's norm {gradientNorm}; nothing was updated. Rows of the data set in this step: {shown}. Lower the learning rate or the clip, or look at these documents.");
    }
}
