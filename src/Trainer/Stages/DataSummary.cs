using System.Globalization;
using Lhts.Data.Inspecting;
using Lhts.Data.Parquet;
using Lhts.Data.Tokenizers;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Stages;

/// <summary>What a run will read, in words, before it does: documents, tokens, what is cut off, epochs.</summary>
internal static class DataSummary
{
    // Below a hundredth nobody would change anything.
    private const double WorthSaying = 0.01;

    /// <summary>Lines about data that are there; none where they cannot be counted.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="data">The documents.</param>
    /// <param name="tokenizer">The run's; null where it would be made from the data.</param>
    /// <param name="stop">Ends it.</param>
    public static IEnumerable<string> Of(Recipe recipe, DataSet data, ITokenizer? tokenizer, CancellationToken stop)
    {
        var batches = TrainingStageRunner.BatchesOf(recipe, recipe.Student.Training, Ranks.Single, lookAhead: 0, movesPieces: false);
        return TokenCensus.Take(data, heads => tokenizer ?? MadeOf(recipe.Tokenizer, heads), batches, stop) is { } census ? Describe(recipe, census) : [];
    }

    /// <summary>The tokenizer of a recipe before there is a run; null where it is made from the data.</summary>
    public static ITokenizer? TokenizerOf(Recipe recipe) => (recipe.Tokenizer.Load ?? recipe.Teacher.Load) is { } folder ? TokenizerLoader.Load(folder) : null;

    private static ITokenizer MadeOf(TokenizerRecipe tokenizer, IEnumerable<ReadOnlyMemory<byte>> texts) => tokenizer.Kind switch
    {
        TokenizerKind.Bytes => new ByteTokenizer(),
        TokenizerKind.Words => WordTokenizer.FromTexts(texts),
        _ => CharacterTokenizer.FromTexts(texts),
    };

    private static IEnumerable<string> Describe(Recipe recipe, TokenCensus census)
    {
        var isCut = recipe.Data.LongDocumentsInUse == Lhts.Data.Batching.LongDocuments.Cut;
        var sequences = isCut ? census.NumDocuments : census.NumPieces;
        var about = census.IsExact ? "" : "about ";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"data: {about}{census.NumDocuments:N0} documents of {about}{census.NumTokens:N0} tokens; an epoch is {about}{sequences:N0} sequences of up to "
            + $"{recipe.Data.ContextLength}");
        if (isCut && census.ShareBeyondContext > WorthSaying)
        {
            var remedy = recipe.Data.PromptColumn is null ? "data.longDocuments: split uses them" : "a larger data.contextLength uses more of them";
            yield return string.Create(CultureInfo.InvariantCulture, $"data: {about}{100 * census.ShareBeyondContext:0} % of the tokens are cut off; {remedy}");
        }

        if (recipe.Teacher.Load is null) yield return Epochs(StageNames.Teacher, recipe.Teacher.Training, sequences);
        if (recipe.Student.Source.IsCorpusOnly) yield return Epochs(StageNames.Student, recipe.Student.Training, sequences);
    }

    private static string Epochs(string stage, OptimizationRecipe training, long sequences) => string.Create(
        CultureInfo.InvariantCulture,
        $"{stage}: {training.Steps:N0} steps of {training.SequencesPerStep:N0} sequences are "
        + $"{(double)training.Steps * training.SequencesPerStep / Math.Max(1, sequences):0.##} epochs");
}
