using System.Globalization;
using Lhts.Data.Batching;

namespace Lhts.Trainer.Training;

/// <summary>A loss, weight or gradient that is NaN or infinite. The run stops before the parameters change.</summary>
public sealed class NonFiniteStepException : Exception
{
    private const int MostShown = 20;

    /// <param name="step">The sequences.</param>
    /// <param name="result">What was found.</param>
    /// <param name="folder">Where the sequences were saved, or null.</param>
    internal NonFiniteStepException(StepBatch step, StepResult result, string? folder)
        : base(Describe(step, result, folder))
    {
    }

    private static string Describe(StepBatch step, StepResult result, string? folder)
    {
        var saved = folder is null ? "" : $" The sequences are in '{folder}'.";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"step {step.Step}: the loss is {result.Loss.Loss}, the mean log weight {result.Loss.MeanLogWeight} and the gradient's norm {result.GradientNorm}; nothing was updated.")
            + NumbersOf(step, SequenceSource.Corpus, "Rows of the data set") + NumbersOf(step, SequenceSource.Teacher, "Samples of the teacher") + saved
            + " Lower the learning rate or the clip, or look at these documents; training.onNonFinite: skip leaves such steps out.";
    }

    private static string NumbersOf(StepBatch step, SequenceSource source, string name)
    {
        var numbers = step.MicroBatches.Where(batch => batch.Source == source).SelectMany(batch => batch.DocumentIds).Order().ToArray();
        if (numbers.Length == 0) return "";
        return $" {name} in this step: {string.Join(", ", numbers.Take(MostShown))}{(numbers.Length > MostShown ? ", ..." : "")}.";
    }
}
