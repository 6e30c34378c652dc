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
        using var objective = new MleObjective();
        using var optimizer = Optimizers.Build(model.parameters(), [], new OptimizationRecipe(), 1e-3);
        var step = new TrainingStep(model, null, objective, optimizer, Temperatures.Of(1), 1, 1, new PhaseClock(TimeProvider.System));
        var batch = Batches(100).First();
        var error = Assert.Throws<NonFiniteStepException>(() => step.Run(batch, 1));
        Assert.That(error!.Message, Does.Contain("NaN").And.Contain($"{batch.MicroBatches[0].DocumentIds.Min()}").And.Contain("learning rate"));
    }

    [Test]
    public void Rates_OfTheGroups_KeepTheirProportion()
    {
        using var model = Student();
        using var head = new Parameter(zeros(2));
        using var optimizer = Optimizers.Build(model.parameters(), [head], new OptimizationRecipe { LearningRate = 1e-4 }, objectiveRate: 1e-2);
        Optimizers.SetRate(optimizer, 0.5);
        Assert.That(optimizer.ParamGroups.Select(group => group.LearningRate), Is.EqualTo(new[] { 5e-5, 5e-5, 5e-3 }).Within(1e-15));
    }

    private static Gpt2 Student()
    {
        using var generator = new Generator(3);
        return new Gpt2(
            new Gpt2Config
            {
                NumLayers = 1, NumHeads = 2, EmbeddingSize = 16, NumPositions = 24, VocabularySize = 7, TemperatureConditioning = TemperatureConditioning.Prefix,
                ResidualDropout = 0, EmbeddingDropout = 0, AttentionDropout = 0,
            },
            generator);
    }

    private IEnumerable<StepBatch> Batches(int tokensPerMicroBatch)
    {
        var options = new BatchOptions { SequencesPerStep = 6, ContextLength = 24, TokensPerMicroBatch = tokensPerMicroBatch, LongDocuments = LongDocuments.Split };
        return new BatchStream(data, tokenizer, new OrderOptions { Seed = 5 }, options).ReadAsync().ToBlocking(CancellationToken.None);
    }

    private Dictionary<string, Tensor> Train(int tokensPerMicroBatch, int numSteps, Action? afterStep = null)
    {
        using var student = Student();
        using var teacher = Gpt2Student.From(student, TemperatureConditioning.None);
        foreach (var parameter in teacher.parameters()) parameter.requires_grad = false;
        var temperatures = Temperatures.Between(0.5, 1.1);
        using var objective = new LhtsObjective(new LhtsOptions { NormalisePerTemperature = true }, 24, temperatures.Bins);
        // Plain eps would turn rounding noise of vanishing gradients into whole steps of Adam.
        using var optimizer = optim.AdamW([new AdamW.ParamGroup(student.parameters().ToArray(), 1e-3, eps: 1e-3)]);
        var step = new TrainingStep(student, teacher, objective, optimizer, temperatures, 1, 1, new PhaseClock(TimeProvider.System));
        foreach (var batch in Batches(tokensPerMicroBatch).Take(numSteps))
        {
            step.Run(batch, 1);
            afterStep?.Invoke();
        }

        return student.named_parameters().ToDictionary(p => p.Item1, p => p.Item2.detach().clone());
    }
}
