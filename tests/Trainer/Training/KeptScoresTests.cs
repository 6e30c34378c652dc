using Lhts.Data.Batching;
using Lhts.Data.Order;
using Lhts.Data.Parquet;
using Lhts.Data.Preparing;
using Lhts.Data.Scores;
using Lhts.Data.Streaming;
using Lhts.Data.Tokenizers;
using Lhts.Evaluation;
using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Telemetry;
using Lhts.Testing;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Trainer.Tests.Training;

/// <summary>Training with the teacher's scores kept beside the data, against training that asks the teacher.</summary>
public sealed class KeptScoresTests : TensorTest
{
    private const int NumSteps = 8;

    private string folder = null!;
    private DataSet data = null!;
    private CharacterTokenizer tokenizer = null!;

    [OneTimeSetUp]
    public void Prepare()
    {
        folder = Directory.CreateTempSubdirectory("lhts-").FullName;
        var text = string.Join("\n\n", Enumerable.Range(0, 40).Select(i => string.Concat(Enumerable.Repeat("abcd e", 1 + (i % 7)))));
        File.WriteAllText(Path.Combine(folder, "text.txt"), text);
        DataPreparer.Prepare(new PrepareOptions { Source = Path.Combine(folder, "text.txt"), Output = Path.Combine(folder, "parquet"), RowGroupRows = 8 });
        data = DataSet.Open(new DataOptions { Path = Path.Combine(folder, "parquet") });
        tokenizer = new CharacterTokenizer(" abcde");
    }

    [OneTimeTearDown]
    public void Remove()
    {
        data.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public void Training_WithKeptScores_GivesTheWeightsOfTrainingThatAsksTheTeacher(
        [Values] LongDocuments longDocuments, [Values(BaselineKind.None, BaselineKind.Index, BaselineKind.IndexToken)] BaselineKind baseline)
    {
        var options = new BatchOptions { SequencesPerStep = 6, ContextLength = 16, TokensPerMicroBatch = 60, LongDocuments = longDocuments };
        if (longDocuments == LongDocuments.Split) options = options with { LookAhead = 7 };
        using var teacher = Model(seed: 11);
        var scores = ScoresOf(teacher, options);
        var (asked, kept) = (Train(teacher, baseline, options, null), Train(null, baseline, options, scores));
        using var start = Model(seed: 3);
        var moved = start.named_parameters().Max(p => (p.Item2 - asked[p.Item1]).abs().max().item<float>());
        Assert.That(moved, Is.GreaterThan(1e-3f), "the steps did something");
        Assert.That(asked.Keys.Max(name => (asked[name] - kept[name]).abs().max().item<float>()), Is.LessThan(1e-6f));
    }

    [Test]
    public void Scores_OfAnotherTeacher_ChangeTheWeights()
    {
        var options = new BatchOptions { SequencesPerStep = 6, ContextLength = 16, TokensPerMicroBatch = 60 };
        using var teacher = Model(seed: 11);
        using var other = Model(seed: 12);
        var (asked, kept) = (Train(teacher, BaselineKind.None, options, null), Train(null, BaselineKind.None, options, ScoresOf(other, options)));
        Assert.That(asked.Keys.Max(name => (asked[name] - kept[name]).abs().max().item<float>()), Is.GreaterThan(1e-5f));
    }

    private static Gpt2 Model(ulong seed)
    {
        using var generator = new Generator(seed);
        return new Gpt2(
            new Gpt2Config
            {
                NumLayers = 1, NumHeads = 2, EmbeddingSize = 16, NumPositions = 24, VocabularySize = 7,
                ResidualDropout = 0, EmbeddingDropout = 0, AttentionDropout = 0,
            },
            generator);
    }

    private ScoreSet ScoresOf(Gpt2 teacher, BatchOptions options)
    {
        var output = Path.Combine(folder, $"scores-{Directory.GetDirectories(folder).Length}");
        var source = ScoreSource.Of("teacher", data, tokenizer, options);
        var scorer = new SequenceScorer(teacher);
        new ScoreWriter(data, tokenizer, source, (sequences, stop) => [.. scorer.Score(sequences, cancellation: stop).Select(score => score.LogProbs)])
            .Write(output);
        return ScoreSet.Open(output, data, source);
    }

    private Dictionary<string, Tensor> Train(Gpt2? teacher, BaselineKind baseline, BatchOptions options, ScoreSet? scores)
    {
        using var student = Model(seed: 3);
        using var objective = new LhtsObjective(new LhtsOptions { Beta = 0, Baseline = baseline }, 16);
        // Plain eps would turn rounding noise of vanishing gradients into whole steps of Adam.
        var training = new OptimizationRecipe { LearningRate = 1e-3, Epsilon = 1e-3 };
        using var updater = new Updater(student.named_parameters(), [], training, 1e-3, Ranks.Single, new DistributedRecipe());
        var step = new TrainingStep(student, teacher, objective, updater, new StepOptions { Temperatures = new(Temperatures.Of(0.7), Seed: 1) },
            new PhaseClock(TimeProvider.System), Ranks.Single);
        var stream = new BatchStream(data, tokenizer, new OrderOptions { Seed = 5 }, options, scores: scores);
        foreach (var batch in stream.ReadAsync().ToBlocking(CancellationToken.None).Take(NumSteps))
        {
            step.Run(new StepSequences(batch.Step, batch.MicroBatches), 1);
        }

        return student.named_parameters().ToDictionary(p => p.Item1, p => p.Item2.detach().clone());
    }
}
