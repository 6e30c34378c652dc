using Lhts.Data.Batching;
using Lhts.Data.Order;
using Lhts.Data.Scores;
using Lhts.Data.Streaming;
using Lhts.Models;
using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Telemetry;
using Lhts.Trainer.Checkpoints;
using Lhts.Trainer.Evaluations;
using Lhts.Trainer.Hosting;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Sources;
using Lhts.Trainer.Training;
using static TorchSharp.torch;

namespace Lhts.Trainer.Stages;

/// <summary>Trains a model as a stage: resumes from the newest checkpoint, ends with the model in the stage's folder.</summary>
/// <param name="context">What the run works with.</param>
/// <param name="stage">Which stage.</param>
/// <param name="folder">Its folder.</param>
/// <param name="fingerprint">Of its settings.</param>
internal sealed class TrainingStageRunner(StageContext context, TrainingStage stage, StageFolder folder, string fingerprint)
{
    private readonly Ranks ranks = context.Ranks;

    /// <summary>Trains <paramref name="model"/>, which has its initial weights; kept scores stand for what the teacher would say.</summary>
    public void Run(
        Gpt2 model, Gpt2? teacher, IObjective objective, Temperatures temperatures, OptimizationRecipe training, CancellationToken stop, ScoreSet? scores = null)
    {
        var (recipe, reporting) = (context.Recipe, context.Reporting);
        using var updater = new Updater(
            model.named_parameters(), objective.Parameters, training, recipe.Student.Objective.HeadLearningRate, ranks, recipe.Distributed);
        var state = new TrainingState(model, updater, objective, context.Tokenizer);
        var store = new CheckpointStore(folder.Checkpoints, recipe.Checkpoint.Keep);
        var start = Resume(store, state, stop);
        state.Share(ranks);

        var batches = BatchesOf(recipe, training, ranks);
        var samples = SamplesOf(teacher, batches);
        if (samples is { NumFromCorpus: > 0 }) batches = batches with { SequencesPerStep = samples.NumFromCorpus };
        var stream = new BatchStream(context.Data, context.Tokenizer, OrderOf(recipe, stage), batches, start?.Data, scores: scores)
        {
            OnBadRows = reporting.Progress.WriteLine,
        };
        var position = start ?? new Position(0, stream.Start, fingerprint);
        using var metrics = ranks.IsLeader ? MetricsFile.Resume(context.Folder.Metrics, stage, position.Step) : null;
        using var progress = reporting.Progress.Begin(stage.ToString().ToLowerInvariant(), training.Steps, "steps", position.Step);
        var clock = new PhaseClock(reporting.Time) { Entered = PhaseGate.OfThisProcess is { } gate ? gate.Enter : null };
        var recorder = RecorderOf(model, teacher, temperatures, metrics, progress, stream.Counters);
        var step = new TrainingStep(model, teacher, objective, updater, temperatures, training.GradientClip, (ulong)SeedOf(stage), clock, ranks)
        {
            OnNonFinite = training.OnNonFinite,
            NonFiniteBatches = new NonFiniteBatches(folder.NonFinite, ranks.Rank),
        };
        var loop = new TrainingLoop(step, training, state, store, recipe.Checkpoint.EverySteps, recorder, clock, EvaluationOf(model, teacher, metrics), samples, ranks);

        model.train();
        var read = ranks.Interruption(stop);
        var steps = samples is { NumFromCorpus: 0 } ? TeacherSamples.Steps(position.Data) : stream.ReadAsync(read).ToBlocking(read);
        if (position.Step < training.Steps) loop.Run(steps, position, stop);
        ranks.LeaderOnly(() => Finish(state), CancellationToken.None);
    }

    /// <summary>What the teacher draws for the student, or null where all sequences come from the corpus.</summary>
    private TeacherSamples? SamplesOf(Gpt2? teacher, BatchOptions batches)
    {
        var source = context.Recipe.Student.Source;
        if (stage != TrainingStage.Student || source.Kind == SourceKind.Corpus) return null;
        return new TeacherSamples(
            teacher ?? throw new InvalidOperationException("Samples need the teacher."), source, batches, context.Tokenizer.EndOfText, (ulong)SeedOf(stage));
    }

    private StepRecorder RecorderOf(
        Gpt2 model, Gpt2? teacher, Temperatures temperatures, MetricsFile? metrics, IProgress progress, DataCounters data)
    {
        var peak = DeviceSpeed.Measure(model.TokenEmbedding.device, context.Reporting.Time);
        var arithmetic = new StepArithmetic(model.Config, teacher?.Config, model.UsesCheckpointing);
        return new StepRecorder(
            stage, context.Reporting, metrics, progress, data, context.Data.NumDocuments, temperatures.BinCentres, arithmetic, peak,
            model.TokenEmbedding.device);
    }

    /// <summary>Only the student stands between likelihood and diversity.</summary>
    private EvaluationOnTheWay? EvaluationOf(Gpt2 student, Gpt2? teacher, MetricsFile? metrics) =>
        stage == TrainingStage.Student && teacher is not null && context.Recipe.Evaluation.Every is { } every
            ? new EvaluationOnTheWay(context, teacher, student, metrics, every)
            : null;

    private Position? Resume(CheckpointStore store, TrainingState state, CancellationToken stop)
    {
        var newest = ranks.FromLeader(() => store.FindNewest(context.Reporting.Progress.WriteLine) ?? "", stop);
        if (newest.Length == 0) return null;
        var position = state.Load(newest);
        if (position.Stage != fingerprint)
        {
            throw new InvalidDataException($"The checkpoint '{newest}' belongs to other settings. Delete '{folder.Path}' to make the stage anew.");
        }

        context.Reporting.Progress.WriteLine($"{stage.ToString().ToLowerInvariant()}: going on from step {position.Step}");
        return position;
    }

    /// <summary>Puts the finished model beside, then in its place.</summary>
    private void Finish(TrainingState state)
    {
        var unfinished = folder.Model + ".unfinished";
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        state.SaveModel(unfinished);
        if (Directory.Exists(folder.Model)) Directory.Delete(folder.Model, recursive: true);
        Directory.Move(unfinished, folder.Model);
        AtomicFile.FlushFolder(folder.Path);
        folder.Finish(fingerprint);
    }

    /// <summary>Teacher and student see different orders and draws.</summary>
    private long SeedOf(TrainingStage which) => unchecked((context.Recipe.Seed * 1_000_003) + (int)which);

    private OrderOptions OrderOf(Recipe recipe, TrainingStage which) => new() { Seed = (ulong)SeedOf(which), WindowBlocks = recipe.Data.ShuffleWindow };

    /// <summary>How documents become the sequences of a step.</summary>
    public static BatchOptions BatchesOf(Recipe recipe, OptimizationRecipe training, Ranks ranks) => new()
    {
        Rank = ranks.Rank,
        WorldSize = ranks.WorldSize,
        SequencesPerStep = training.SequencesPerStep,
        ContextLength = recipe.Data.ContextLength,
        LongDocuments = recipe.Data.LongDocuments,
        TokensPerMicroBatch = recipe.Data.TokensPerMicroBatch,
        BadRows = recipe.Data.OnBadRows,
    };
}
