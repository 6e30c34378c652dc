using Lhts.Data.Batching;
using Lhts.Data.Order;
using Lhts.Data.Parquet;
using Lhts.Data.Preparing;
using Lhts.Data.Streaming;
using Lhts.Data.Tokenizers;
using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Telemetry;
using Lhts.Trainer.Checkpoints;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Sources;
using Lhts.Trainer.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Tests.Training;

/// <summary>Forty short documents, a random teacher and a student of it, for training as the student's stage does it.</summary>
internal sealed class TinyTraining : IDisposable
{
    public const int ContextLength = 16;
    public const int SequencesPerStep = 6;

    public TinyTraining()
    {
        Folder = Directory.CreateTempSubdirectory("lhts-").FullName;
        var text = string.Join("\n\n", Enumerable.Range(0, 40).Select(i => string.Concat(Enumerable.Repeat("abcd e", 1 + (i % 7)))));
        File.WriteAllText(Path.Combine(Folder, "text.txt"), text);
        DataPreparer.Prepare(new PrepareOptions { Source = Path.Combine(Folder, "text.txt"), Output = Path.Combine(Folder, "parquet"), RowGroupRows = 8 });
        Data = DataSet.Open(new DataOptions { Path = Path.Combine(Folder, "parquet") });
        Teacher = MakeTeacher(seed: 11);
    }

    public string Folder { get; }

    public DataSet Data { get; }

    public CharacterTokenizer Tokenizer { get; } = new(" abcde");

    public Gpt2 Teacher { get; }

    /// <summary>The settings of an objective by its name, with its defaults.</summary>
    public static ObjectiveRecipe ObjectiveOf(string kind) => (ObjectiveRecipe)Activator.CreateInstance(ObjectiveKinds.All.Kinds[kind])!;

    /// <summary>Training from the beginning as one of several ranks.</summary>
    public TinyRunner Begin(StudentRecipe recipe, Ranks ranks, DistributedRecipe? distributed = null, int tokensPerMicroBatch = 60) =>
        new(this, recipe, tokensPerMicroBatch, ranks, distributed);

    /// <summary>Training from the beginning.</summary>
    public TinyRunner Begin(StudentRecipe recipe, int tokensPerMicroBatch = 60) => new(this, recipe, tokensPerMicroBatch);

    /// <summary>Training from the beginning, with products in a precision.</summary>
    public TinyRunner Begin(StudentRecipe recipe, Precision precision) => new(this, recipe, tokensPerMicroBatch: 60, precision: precision);

    /// <summary>What sources are made of.</summary>
    public SourceContext Context(int tokensPerMicroBatch, Ranks ranks) =>
        new(Data, Tokenizer, Options(tokensPerMicroBatch) with { Rank = ranks.Rank, WorldSize = ranks.WorldSize }, Seed: 2)
        {
            Order = new OrderOptions { Seed = 5 }, Teacher = Teacher,
        };

    public static BatchOptions Options(int tokensPerMicroBatch) => new()
    {
        SequencesPerStep = SequencesPerStep, ContextLength = ContextLength, TokensPerMicroBatch = tokensPerMicroBatch,
        LongDocuments = LongDocuments.Split, LookAhead = 7, MovesPieces = true,
    };

    public BatchStream Stream(BatchOptions options, DataState? state = null) => new(Data, Tokenizer, new OrderOptions { Seed = 5 }, options, state);

    public void Dispose()
    {
        Teacher.Dispose();
        Data.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static Gpt2 MakeTeacher(ulong seed)
    {
        using var generator = new Generator(seed);
        var teacher = new Gpt2(
            new Gpt2Config
            {
                NumLayers = 1, NumHeads = 2, EmbeddingSize = 16, NumPositions = 24, VocabularySize = 7, EndOfText = 6, InitializerRange = 0.4,
                ResidualDropout = 0, EmbeddingDropout = 0, AttentionDropout = 0,
            },
            generator);
        teacher.eval();
        foreach (var parameter in teacher.parameters()) parameter.requires_grad = false;
        return teacher;
    }
}

/// <summary>A student that is being trained.</summary>
internal sealed class TinyRunner : IDisposable
{
    private readonly ISequenceSource source;
    private readonly IObjective objective;
    private readonly Updater updater;
    private readonly TrainingState state;
    private readonly TrainingStep step;
    private Position position = new(0, "tiny");

    public TinyRunner(
        TinyTraining owner, StudentRecipe recipe, int tokensPerMicroBatch, Ranks? ranks = null, DistributedRecipe? distributed = null,
        Precision precision = Precision.Float32)
    {
        ranks ??= Ranks.Single;
        Student = Gpt2Student.From(
            owner.Teacher, recipe.ConditioningInUse, recipe.TrainedAt,
            new Gpt2StudentOptions { Rank = (recipe.Conditioning as Conditioning.WeightsRecipe)?.Rank });
        Student.UsesCheckpointing = recipe.GradientCheckpointing;
        lock (owner) // ranks are threads here, and what is drawn first is drawn from the process's one generator
        {
            manual_seed(9);
            objective = recipe.Objective.Build(new(recipe, TinyTraining.ContextLength, owner.Teacher.Config, owner.Teacher.TokenEmbedding.device));
        }

        ranks.Barrier(); // a first step seeds that generator too: not before every rank has drawn

        // Plain eps would turn rounding noise of vanishing gradients into whole steps of Adam.
        var training = new OptimizationRecipe { LearningRate = 1e-2, Epsilon = 1e-3 };
        updater = new Updater(Student.TrainedParameters, objective.Parameters, training, objectiveRate: 1e-2, ranks, distributed ?? new DistributedRecipe());
        var draws = new TemperatureDraws(recipe.TrainingTemperatures, Seed: 1) { IsPerStep = recipe.ConditioningInUse == TemperatureConditioning.Weights };
        source = recipe.Source.Build(owner.Context(tokensPerMicroBatch, ranks) with { Student = Student, Temperatures = draws });
        step = new TrainingStep(
            Student, owner.Teacher, objective, updater, new StepOptions { Temperatures = draws, Precision = precision },
            new PhaseClock(TimeProvider.System), ranks);
        state = new TrainingState(Student, updater, objective, owner.Tokenizer);
    }

    public Gpt2 Student { get; }

    public double LastLoss => LastFigures[LossFigures.Loss] ?? double.NaN;

    public FigureTable LastFigures { get; private set; } = null!;

    /// <summary>The sequences of all steps so far: lane, source and tokens.</summary>
    public List<string> Seen { get; } = [];

    public TinyRunner Train(int numSteps)
    {
        for (var i = 0; i < numSteps; i++)
        {
            var sequences = new StepSequences(position.Step, source.Next(position.Step, CancellationToken.None));
            foreach (var batch in sequences.MicroBatches)
            {
                for (var b = 0; b < batch.NumSequences; b++)
                {
                    var tokens = batch.Tokens.Skip(b * batch.Length).Take(batch.Lengths[b]);
                    Seen.Add($"{position.Step}: {batch.Lanes[b]} {batch.Source} {string.Join(' ', tokens)}");
                }
            }

            LastFigures = step.Run(sequences, 1).Figures;
            source.Done(position.Step);
            position = position with { Step = position.Step + 1 };
        }

        return this;
    }

    public TinyRunner Save(string folder, bool isLeader = true)
    {
        Directory.CreateDirectory(folder);
        using var snapshot = state.Snapshot(position, isLeader);
        snapshot.Write(folder);
        source.Save(folder);
        return this;
    }

    public TinyRunner Resume(string folder)
    {
        position = state.Load(folder);
        source.Load(folder);
        return this;
    }

    public Dictionary<string, float[]> Weights() =>
        Student.named_parameters().ToDictionary(p => p.Item1, p => p.Item2.detach().cpu().contiguous().data<float>().ToArray());

    public void Dispose()
    {
        source.Dispose();
        updater.Dispose();
        objective.Dispose();
        Student.Dispose();
    }
}
