using System.Globalization;
using Lhts.Data.Batching;
using Lhts.Objectives;

namespace Lhts.Trainer.Training;

/// <summary>A loss, weight or gradient that is NaN or infinite. The run stops before the parameters change.</summary>
public sealed class NonFiniteStepException : Exception
{
    private const int MostShown = 20;

    /// <param name="sequences">The sequences.</param>
    /// <param name="result">What was found.</param>
    /// <param name="folder">Where the sequences were saved, or null.</param>
    internal NonFiniteStepException(StepSequences sequences, StepResult result, string? folder)
        : base(Describe(sequences, result, folder))
    {
    }

    private static string Describe(StepSequences sequences, StepResult result, string? folder)
    {
        var saved = folder is null ? "" : $" The sequences are in '{folder}'.";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"step {sequences.Step}: the loss is {result.Loss} and the gradient's norm {result.GradientNorm}{Others(result)}; nothing was updated.")
            + string.Concat(sequences.MicroBatches.GroupBy(batch => batch.Source).Select(NumbersOf)) + saved
            + " Lower the learning rate or the clip, or look at these documents; the same command then goes on from the last checkpoint. "
            + "training.onNonFinite: skip leaves such steps out.";
    }

    /// <summary>The figures beside the loss that are not finite.</summary>
    private static string Others(StepResult result) => string.Concat(
        result.Figures.NotFinite().Where(found => found.Figure != LossFigures.Loss)
            .Select(found => string.Create(CultureInfo.InvariantCulture, $", {found.Figure.Key} {found.Value}")));

    private static string NumbersOf(IGrouping<string, MicroBatch> source)
    {
        var name = source.Key == MicroBatch.Corpus ? "Rows of the data set" : $"Samples of the {source.Key}";
        var numbers = source.SelectMany(batch => batch.DocumentIds).Order().ToArray();
        return $" {name} in this step: {string.Join(", ", numbers.Take(MostShown))}{(numbers.Length > MostShown ? ", ..." : "")}.";
    }
}
