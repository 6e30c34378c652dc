using Lhts.Basics;
using Lhts.Data.Batching;
using Lhts.Data.Order;
using Lhts.Data.Scores;
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

namespace Lhts.Trainer.Stages;

/// <summary>What a stage trains, on what.</summary>
/// <param name="Model">The model, with its first weights.</param>
/// <param name="Objective">What is minimised.</param>
/// <param name="Source">Where its sequences come from.</param>
/// <param name="Temperatures">What is drawn for each of them.</param>
internal sealed record Trained(Gpt2 Model, IObjective Objective, SourceRecipe Source, Temperatures Temperatures)
{
    /// <summary>The frozen model. Default null: there is none, or kept scores stand for it.</summary>
    public Gpt2? Teacher { get; init; }

    /// <summary>Kept log-probs of the teacher. Default null.</summary>
    public ScoreSet? Scores { get; init; }

    /// <summary>Most nats a sequence that a step may move the model by on its own samples. Default null: any.</summary>
    public double? TrustRegion { get; init; }

    /// <summary>Positions behind its own that a weight looks at. Default 0.</summary>
    public int LookAhead { get; init; }

    /// <summary>Whether figures are told apart by source. A teacher in the making has only the corpus.</summary>
    public bool HasChoiceOfSources => Teacher is not null || Scores is not null;

    /// <summary>The highest learning rate of the objective's own parameters. Default 1e-3.</summary>
    public double ObjectiveRate { get; init; } = 1e-3;
}

/// <summary>Trains a model as a stage: resumes from the newest checkpoint, ends with the model in the stage's folder.</summary>
/// <param name="context">What the run works with.</param>
/// <param name="stage">Which stage.</param>
/// <param name="folder">Its folder.</param>
/// <param name="fingerprint">Of its settings.</param>
/// <param name="training">Steps and AdamW.</param>
internal sealed class TrainingStageRunner(StageContext context, string stage, StageFolder folder, string fingerprint, OptimizationRecipe training)
{
    private readonly Recipe recipe = context.Recipe;
    private readonly Ranks ranks = context.Ranks;

    /// <summary>Trains a model that has its first weights.</summary>
    public void Run(Trained trained, CancellationToken stop)
    {
        var (model, objective, reporting) = (trained.Model, trained.Objective, context.Reporting);
        var clock = new PhaseClock(reporting.Time) { Entered = PhaseGate.OfThisProcess is { } gate ? gate.Enter : null };
        var draws = new TemperatureDraws(trained.Temperatures, Seed)
        {
            IsPerStep = model.Config.TemperatureConditioning == TemperatureConditioning.Weights,
        };
        using var updater = new Updater(model.TrainedParameters, objective.Parameters, training, trained.ObjectiveRate, ranks, recipe.Distributed);
        using var source = trained.Source.Build(SourceOf(trained, draws, clock));
        var state = new TrainingState(model, updater, objective, context.Tokenizer);
        using var mirror = MirrorOf(stop);
        var store = new CheckpointStore(folder.Checkpoints, recipe.Checkpoint.Keep, folder.Owner) { Mirror = mirror, StartsOver = folder.StartsOver };
        using var checkpoints = new StageCheckpoints(state, source, store, recipe.Checkpoint.EverySteps, ranks, reporting.Time);
        var position = Resume(checkpoints, stop);
        ranks.LeaderOnly(() => RecordChanges(position.Step), stop);
        using var metrics = ranks.IsLeader ? MetricsFile.Resume(context.Folder.Metrics, StageNames.UpTo(stage), position.Step, folder.Owner.CheckLease) : null;
        using var progress = reporting.Progress.Begin(stage, training.Steps, "steps", position.Step);
        var options = new StepOptions
        {
            Temperatures = draws,
            GradientClip = training.GradientClip,
            Precision = recipe.PrecisionInUse,
            TrustRegion = trained.TrustRegion is { } limit ? new TrustRegion(limit) : null,
            OnNonFinite = training.OnNonFinite,
            NonFiniteBatches = new NonFiniteBatches(folder.NonFinite, ranks.Rank),
        };
        var step = new TrainingStep(model, trained.Teacher, objective, updater, options, clock, ranks);
        var loop = new TrainingLoop(source, step, training, checkpoints, RecorderOf(trained, metrics, progress, clock), ranks)
        {
            Evaluation = EvaluationOf(trained, metrics),
            TrustRegion = options.TrustRegion,
        };
        model.train();
        loop.Run(position, stop);
        ranks.LeaderOnly(() => Finish(state), CancellationToken.None);
    }

    /// <summary>Teacher and student see different orders and draws.</summary>
    private ulong Seed => (ulong)unchecked((recipe.Seed * 1_000_003) + StageNames.PlaceOf(stage));

    private SourceContext SourceOf(Trained trained, TemperatureDraws draws, PhaseClock clock) => new(
        context.Data, context.Tokenizer, BatchesOf(recipe, training, ranks, trained.LookAhead, movesPieces: trained.Scores is null), Seed)
    {
        Order = new OrderOptions { Seed = Seed, WindowBlocks = recipe.Data.ShuffleWindow },
        Teacher = trained.Teacher,
        Student = trained.Model,
        Temperatures = draws,
        HasFixedLengths = recipe.Student.Lengths == SampleLengths.Fixed,
        Scores = trained.Scores,
        Clock = clock,
        Report = context.Reporting.Progress.WriteLine,
    };

    private StepRecorder RecorderOf(Trained trained, MetricsFile? metrics, IProgress progress, PhaseClock clock)
    {
        var (model, device) = (trained.Model, trained.Model.TokenEmbedding.device);
        var arithmetic = new StepArithmetic(model.Config, trained.Teacher?.Config, model.UsesCheckpointing);
        var peak = DeviceSpeed.Measure(device, recipe.PrecisionInUse, context.Reporting.Time);
        var declared = FigureDeclarations.Of(trained.Objective.Figures);
        if (ranks.IsLeader) AtomicFile.Write(folder.Figures, stream => stream.Write(FiguresFile.Write(declared)));
        var recorded = new RecordedFigures(declared, trained.Temperatures.BinCentres, trained.HasChoiceOfSources ? SourceNames.Labels : []);
        return new StepRecorder(stage, context.Reporting, metrics, progress, trained.Objective.Figures, recorded, arithmetic, peak, device, clock);
    }

    /// <summary>Only a student of a teacher stands between likelihood and diversity.</summary>
    private EvaluationOnTheWay? EvaluationOf(Trained trained, MetricsFile? metrics) =>
        trained.Teacher is { } teacher && recipe.Evaluation.Every is { } every
            ? new EvaluationOnTheWay(context, stage, teacher, trained.Model, metrics, every)
            : null;

    private CheckpointMirror? MirrorOf(CancellationToken stop)
    {
        if (recipe.Checkpoint.Mirror is not { } command || !ranks.IsLeader) return null;
        var options = new MirrorOptions { Command = command, StopTimeout = TimeSpan.FromSeconds(recipe.Distributed.StopTimeout) };
        var (progress, health) = (context.Reporting.Progress, context.Reporting.Health);
        return new CheckpointMirror(options, context.Reporting.Time, progress.WriteLine, stop) { Waiting = () => health.ReportWork("checkpoint.mirror") };
    }

    private Position Resume(StageCheckpoints checkpoints, CancellationToken stop)
    {
        if (checkpoints.Resume(context.Reporting.Progress.WriteLine, stop) is not var (position, path)) return new Position(0, fingerprint);
        if (position.Stage != fingerprint)
        {
            throw new InvalidDataException($"The checkpoint '{path}' belongs to other settings. Delete '{folder.Path}' to make the stage anew.");
        }

        context.Reporting.Progress.WriteLine($"{stage}: going on from step {position.Step}");
        return position;
    }

    private void RecordChanges(long step)
    {
        foreach (var change in folder.RecordChanges(step)) context.Reporting.Progress.WriteLine($"{stage}: from step {step} on {change}");
    }

    /// <summary>Puts the finished model beside, then in its place.</summary>
    private void Finish(TrainingState state)
    {
        var unfinished = folder.Model + ".unfinished";
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        state.SaveModel(unfinished);
        folder.Owner.Check();
        if (Directory.Exists(folder.Model)) Directory.Delete(folder.Model, recursive: true);
        Directory.Move(unfinished, folder.Model);
        AtomicFile.FlushFolder(folder.Path);
        folder.Finish(folder.ResultFingerprint);
    }

    /// <summary>How documents become the sequences of a step.</summary>
    /// <param name="recipe">Says what becomes of long ones.</param>
    /// <param name="training">Sequences of a step.</param>
    /// <param name="ranks">The processes that share it.</param>
    /// <param name="lookAhead">Tokens that weights look at behind a piece of a document, as far as half of the context lets them.</param>
    /// <param name="movesPieces">Whether pieces start elsewhere in each epoch.</param>
    public static BatchOptions BatchesOf(Recipe recipe, OptimizationRecipe training, Ranks ranks, int lookAhead, bool movesPieces)
    {
        var isSplit = recipe.Data.LongDocumentsInUse == LongDocuments.Split;
        return new()
        {
            Rank = ranks.Rank,
            WorldSize = ranks.WorldSize,
            SequencesPerStep = training.SequencesPerStep,
            ContextLength = recipe.Data.ContextLength,
            LongDocuments = recipe.Data.LongDocumentsInUse,
            LookAhead = isSplit ? Math.Min(lookAhead, (recipe.Data.ContextLength - 1) / 2) : 0,
            MovesPieces = isSplit && movesPieces,
            EndWithEndOfText = recipe.Data.EndWithEndOfText,
            TokensPerMicroBatch = recipe.Data.TokensPerMicroBatch,
            BadRows = recipe.Data.OnBadRows,
        };
    }
}
