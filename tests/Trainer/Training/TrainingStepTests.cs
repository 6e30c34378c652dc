using Lhts.Data.Batching;
using Lhts.Data.Order;
using Lhts.Data.Parquet;
using Lhts.Data.Preparing;
using Lhts.Data.Streaming;
using Lhts.Data.Tokenizers;
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

public sealed class TrainingStepTests : TensorTest
{
    private string folder = null!;
    private DataSet data = null!;
    private CharacterTokenizer tokenizer = null!;

    [OneTimeSetUp]
    public void Prepare()
    {
        folder = Directory.CreateTempSubdirectory("lhts-").FullName;
        var text = string.Join("\n\n", Enumerable.Range(0, 40).Select(i => string.Concat(Enumerable.Repeat("abcd e", 1 + (i % 7)))));
        File.WriteAllText(Path.Combine(folder, "text.txt"), text);
        DataPreparer.Prepare(new PrepareOptions { Source = Path.Combine(folder, "text.txt"), Output = Path.Combine(folder, "parquet") });
        data = DataSet.Open(new DataOptions { Path = Path.Combine(folder, "parquet") });
        tokenizer = new CharacterTokenizer(" abcde");
    }

    [OneTimeTearDown]
    public void Remove()
    {
        data.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [TestCase(32)]
    [TestCase(100)]
    [TestCase(100_000)]
    public void Step_HoweverItIsSplitIntoMicroBatches_ChangesTheParametersAlike(int tokensPerMicroBatch)
    {
        var (whole, alone) = (Train(tokensPerMicroBatch, numSteps: 3), Train(tokensPerMicroBatch: 1, numSteps: 3));
        var difference = whole.Keys.Max(name => (whole[name] - alone[name]).abs().max().item<float>());
        var size = whole.Keys.Max(name => whole[name].abs().max().item<float>());
        Assert.That(difference / size, Is.LessThan(1e-5f));
    }

    [Test]
    public void Steps_TwoHundred_LeaveNoTensorsAlive()
    {
        var counts = new List<long>();
        Train(tokensPerMicroBatch: 100, numSteps: 201, afterStep: () => counts.Add(Tensor.TotalCount));
        Assert.That(counts[200], Is.EqualTo(counts[0]));
    }

    [Test]
    public void NonFiniteLoss_StopsBeforeTheUpdateAndNamesDocuments()
    {
        using var model = Student();
        using (no_grad()) model.TokenEmbedding.fill_(double.NaN);
        var objective = new MleObjective();
        using var updater = new Updater(model.named_parameters(), [], new OptimizationRecipe(), 1e-3, Ranks.Single, new DistributedRecipe());
        var step = new TrainingStep(model, null, objective, updater, Options(Temperatures.Of(1)), new PhaseClock(TimeProvider.System), Ranks.Single);
        var batch = Batches(100).First();
        var error = Assert.Throws<NonFiniteStepException>(() => step.Run(batch, 1));
        Assert.That(error!.Message, Does.Contain("NaN").And.Contain($"{batch.MicroBatches[0].DocumentIds.Min()}").And.Contain("learning rate"));
    }

    [Test]
    public void Arithmetic_OfAStep_CountsEveryMatrixProduct()
    {
        using var model = Student();
        var batch = Batches(100_000).First();
        var micro = batch.MicroBatches.Single();
        double length = micro.Length - 1, positions = micro.NumSequences * length;
        // Each matrix is used once a position, the tied embedding as the head; attention multiplies queries, keys and values.
        var matrices = model.named_parameters().Where(p => p.Item2.ndim == 2 && !p.Item1.Contains("wpe", StringComparison.Ordinal) && p.Item2.numel() > 16);
        var forward = 2 * positions * matrices.Sum(p => (double)p.Item2.numel()) + (4 * positions * length * 16);

        Assert.That(new StepArithmetic(model.Config, null, isRecomputed: false).Of(batch), Is.EqualTo(3 * forward));
        Assert.That(new StepArithmetic(model.Config, null, isRecomputed: true).Of(batch), Is.EqualTo(4 * forward));
        Assert.That(new StepArithmetic(model.Config, model.Config, isRecomputed: false).Of(batch), Is.EqualTo(4 * forward));
    }

    [TestCase(0.5, 1.1)]
    [TestCase(0.9, 0.9)]
    public void BinCentres_OfARange_LieInTheirBins(double min, double max)
    {
        var temperatures = Temperatures.Between(min, max);
        var centres = temperatures.BinCentres;
        if (min < max) Assert.That(temperatures.Bins.IndexOf(tensor(centres.ToArray())).data<long>().ToArray(), Is.EqualTo(Enumerable.Range(0, 16)));
        Assert.That(centres, Is.All.InRange(min, max));
        Assert.That(Temperatures.Of(0.7, 0.5, 0.7).BinCentres, Is.EqualTo(new[] { 0.5, 0.7 }));
    }

    [Test]
    public void Rates_OfTheGroups_KeepTheirProportion()
    {
        using var model = Student();
        using var head = new Parameter(zeros(2));
        using var updater = new Updater(
            model.named_parameters(), [("head", head)], new OptimizationRecipe { LearningRate = 1e-4 }, objectiveRate: 1e-2, Ranks.Single,
            new DistributedRecipe());
        Optimizers.SetRate(updater.Optimizer, 0.5);
        Assert.That(updater.Optimizer.ParamGroups.Select(group => group.LearningRate), Is.EqualTo(new[] { 5e-5, 5e-5, 5e-3 }).Within(1e-15));
    }

    private static StepOptions Options(Temperatures temperatures) => new() { Temperatures = new(temperatures, Seed: 1) };

    private static Gpt2 Student()
    {
        using var generator = new Generator(3);
        return new Gpt2(
            new Gpt2Config
            {
                NumLayers = 1, NumHeads = 2, EmbeddingSize = 16, NumPositions = 24, VocabularySize = 7,
                TemperatureConditioning = TemperatureConditioning.Prefix,
                ResidualDropout = 0, EmbeddingDropout = 0, AttentionDropout = 0,
            },
            generator);
    }

    private IEnumerable<StepSequences> Batches(int tokensPerMicroBatch)
    {
        var options =
            new BatchOptions { SequencesPerStep = 6, ContextLength = 24, TokensPerMicroBatch = tokensPerMicroBatch, LongDocuments = LongDocuments.Split };
        return new BatchStream(data, tokenizer, new OrderOptions { Seed = 5 }, options).ReadAsync().ToBlocking(CancellationToken.None)
            .Select(batch => new StepSequences(batch.Step, batch.MicroBatches));
    }

    private Dictionary<string, Tensor> Train(int tokensPerMicroBatch, int numSteps, Action? afterStep = null)
    {
        using var student = Student();
        using var teacher = Gpt2Student.From(student, TemperatureConditioning.None);
        foreach (var parameter in teacher.parameters()) parameter.requires_grad = false;
        var temperatures = Temperatures.Between(0.5, 1.1);
        using var objective = new LhtsObjective(new LhtsOptions { NormalisePerTemperature = true }, 24, temperatures.Bins);
        // Plain eps would turn rounding noise of vanishing gradients into whole steps of Adam.
        var training = new OptimizationRecipe { LearningRate = 1e-3, Epsilon = 1e-3 };
        using var updater = new Updater(student.named_parameters(), [], training, 1e-3, Ranks.Single, new DistributedRecipe());
        var step = new TrainingStep(student, teacher, objective, updater, Options(temperatures), new PhaseClock(TimeProvider.System), Ranks.Single);
        foreach (var batch in Batches(tokensPerMicroBatch).Take(numSteps))
        {
            step.Run(batch, 1);
            afterStep?.Invoke();
        }

        return student.named_parameters().ToDictionary(p => p.Item1, p => p.Item2.detach().clone());
    }
}
