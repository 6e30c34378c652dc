using Lhts.Data.Batching;
using Lhts.Data.Parquet;
using Lhts.Data.Scores;
using Lhts.Data.Tokenizers;
using Lhts.Evaluation;
using Lhts.Telemetry;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Stages;

/// <summary>The teacher's log-probs of the data, kept so that training need not compute them.</summary>
public static class TeacherScores
{
    /// <summary>The scores that the recipe names, or null when it names none.</summary>
    /// <exception cref="InvalidDataException">They are not there, belong to another teacher, tokenizer, data set or other sequences, or are
    /// damaged.</exception>
    public static ScoreSet? Open(StageContext context, string teacherFolder)
    {
        if (context.Recipe.Teacher.Scores is not { } folder) return null;
        try
        {
            return ScoreSet.Open(folder, context.Data, SourceOf(context.Recipe, context.Data, context.Tokenizer, teacherFolder));
        }
        catch (FileNotFoundException missing)
        {
            throw new InvalidDataException(missing.Message, missing); // the recipe's fault, however far the run has come
        }
    }

    /// <summary>Makes the scores; what an earlier start has written of them is kept.</summary>
    /// <param name="recipe">Says how documents become sequences, and which device to use.</param>
    /// <param name="teacherFolder">The teacher, with its tokenizer unless the recipe names another.</param>
    /// <param name="output">The folder to make.</param>
    /// <param name="reporter">Shows how far the work is.</param>
    /// <param name="stop">Ends it; the files that are complete are kept for the next start.</param>
    /// <returns>Documents in the data set, and log-probs computed now.</returns>
    public static ScoreProgress Write(Recipe recipe, string teacherFolder, string output, IProgressReporter reporter, CancellationToken stop)
    {
        using var data = DataSet.Open(DataStage.OptionsOf(recipe.Data), stop);
        var tokenizer = TokenizerLoader.Load(recipe.Tokenizer.Load ?? teacherFolder);
        using var teacher = FrozenTeacher.Load(teacherFolder, recipe, tokenizer);
        var scorer = new SequenceScorer(teacher, recipe.Data.TokensPerMicroBatch);
        var writer = new ScoreWriter(
            data, tokenizer, SourceOf(recipe, data, tokenizer, teacherFolder),
            (sequences, cancellation) => [.. scorer.Score(sequences, cancellation: cancellation).Select(score => score.LogProbs)],
            recipe.Data.OnBadRows);
        using var progress = reporter.Begin("scoring", data.NumDocuments, "documents");
        return writer.Write(
            output, new SynchronousProgress<ScoreProgress>(p => progress.Report(p.Documents, new ProgressFigure("tokens", p.Tokens, FigureStyle.Count))), stop);
    }

    private static ScoreSource SourceOf(Recipe recipe, DataSet data, ITokenizer tokenizer, string teacherFolder) =>
        ScoreSource.Of(FrozenTeacher.FingerprintOf(teacherFolder), data, tokenizer, BatchesOf(recipe));

    private static BatchOptions BatchesOf(Recipe recipe) =>
        TrainingStageRunner.BatchesOf(recipe, recipe.Student.Training, Ranks.Single, recipe.Student.Objective.LookAhead, movesPieces: false);
}
