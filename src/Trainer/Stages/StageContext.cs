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
    /// <exception cref="InvalidDataException">The folder holds a stage with other settings.</exception>
    public (string Fingerprint, bool IsDone) Enter(StageFolder folder, string settings, CancellationToken stop)
    {
        var isDone = Ranks.FromLeader(
            () =>
            {
                folder.Enter(settings);
                return folder.IsDone ? "done" : "";
            },
            stop);
        return (folder.Enter(settings), isDone.Length > 0);
    }
}

/// <summary>Where figures and messages go.</summary>
/// <param name="Meter">The instruments.</param>
/// <param name="Health">What /healthz and /readyz are told.</param>
/// <param name="Progress">The terminal.</param>
/// <param name="Time">The clock.</param>
public sealed record Reporting(TrainingMeter Meter, RunHealth Health, IProgressReporter Progress, TimeProvider Time);
