using Lhts.Data.Parquet;
using Lhts.Data.Tokenizers;
using Lhts.Telemetry;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Stages;

/// <summary>What every stage of a run works with.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="Folder">Where results go.</param>
/// <param name="Data">The documents.</param>
/// <param name="Tokenizer">How they become tokens.</param>
/// <param name="Reporting">Where figures go.</param>
/// <param name="Ranks">The processes of the run.</param>
public sealed record StageContext(Recipe Recipe, RunFolder Folder, DataSet Data, ITokenizer Tokenizer, Reporting Reporting, Ranks Ranks)
{
    /// <summary>Enters a stage's folder on all ranks: its fingerprint, and whether its result was there when the leader looked.</summary>
    /// <param name="folder">The stage's folder.</param>
    /// <param name="settings">What decides its result.</param>
    /// <param name="madeFromIt">The stage that is made from its result, which then cannot change any more; null where one is made anew by itself.</param>
    /// <param name="stop">Ends the wait for the leader.</param>
    /// <exception cref="InvalidDataException">The folder holds a stage with other settings.</exception>
    public (string Fingerprint, bool IsDone) Enter(StageFolder folder, string settings, StageFolder? madeFromIt, CancellationToken stop)
    {
        var circumstances = RecipeReader.Write(StageCircumstances.Of(this, isEvaluated: madeFromIt is null));
        var isDone = Ranks.FromLeader(
            () =>
            {
                try
                {
                    folder.Enter(settings, circumstances);
                    if (folder.IsLengthened) Lengthen(folder, madeFromIt);
                    return folder.IsDone ? "done" : "";
                }
                catch (InvalidDataException)
                {
                    Folder.RestoreRecipe();
                    throw;
                }
            },
            stop);
        return (folder.Enter(settings, circumstances, writes: false), isDone.Length > 0);
    }

    /// <summary>Says that a stage's result is there, and which of the recipe's settings come too late for it.</summary>
    public void ShowDone(string stage, StageFolder folder)
    {
        Reporting.Progress.WriteLine($"{stage}: already trained, in {folder.Model}");
        if (folder.Asked.Count > 0) Reporting.Progress.WriteLine($"{stage}: no step is left that could heed {string.Join(", ", folder.Asked)}");
    }

    private static void Lengthen(StageFolder folder, StageFolder? madeFromIt)
    {
        if (madeFromIt is { IsBound: true } later)
        {
            throw new InvalidDataException(
                $"More steps are asked of '{folder.Path}', and '{later.Path}' was made from it as it is. Delete '{later.Path}', or set 'output' to another "
                + "folder.");
        }

        folder.Reopen();
    }
}

/// <summary>Where figures and messages go.</summary>
/// <param name="Meter">The instruments.</param>
/// <param name="Health">What /healthz and /readyz are told.</param>
/// <param name="Progress">The terminal.</param>
/// <param name="Time">The clock.</param>
public sealed record Reporting(TrainingMeter Meter, RunHealth Health, IProgressReporter Progress, TimeProvider Time);
