using Lhts.Objectives;
using Lhts.Testing;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Sources;
using Lhts.Trainer.Tests.Training;
using Lhts.Trainer.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Tests.Sources;

public sealed class TeacherSamplesTests : TensorTest
{
    private static readonly MixRecipe Source = new() { TeacherShare = 0.5, Buffer = 12, Refresh = 2, Batch = 4 };

    private TinyTraining tiny = null!;

    [OneTimeSetUp]
    public void Prepare() => tiny = new TinyTraining();

    [OneTimeTearDown]
    public void Remove() => tiny.Dispose();

    [Test]
    public void Steps_OnAnyNumberOfRanks_HaveTheSameSequences([Values(1, 2, 3, 5)] int worldSize)
    {
        var alone = Sequences(Samples(Source), firstStep: 0, numSteps: 20);
        var ranks = Enumerable.Range(0, worldSize).Select(rank => Sequences(Samples(Source, rank, worldSize), 0, 20)).ToArray();
        for (var step = 0; step < alone.Length; step++)
        {
            Assert.That(ranks.SelectMany(rank => rank[step]).Order(StringComparer.Ordinal), Is.EqualTo(alone[step]), $"step {step}");
        }
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(19)]
    public void Steps_OfARunThatStartsLater_AreThoseOfOneThatNeverStopped(int firstStep) => Assert.That(
        Sequences(Samples(Source), firstStep, 5), Is.EqualTo(Sequences(Samples(Source), 0, firstStep + 5).Skip(firstStep)));

    [Test]
    public void Memory_OverManySteps_StaysAtTwiceTheBuffer()
    {
        var samples = Samples(Source);
        var most = 0;
        for (var step = 0; step < 60; step++)
        {
            samples.Next(step, CancellationToken.None);
            most = Math.Max(most, samples.NumHeld);
        }

        Assert.That(most, Is.InRange(Source.Buffer, 2 * Source.Buffer + Source.Batch));
    }

    [Test]
    public void Step_OfAMixture_HasEachSourceInItsOwnMicroBatchesAndLanes()
    {
        using var mixture = (Source with { TeacherShare = 0.3 }).Build(tiny.Context(60, Ranks.Single));
        var batches = mixture.Next(0, CancellationToken.None);
        Assert.That(batches.SelectMany(batch => batch.Lanes).Order(), Is.EqualTo(Enumerable.Range(0, 6)));
        foreach (var batch in batches)
        {
            Assert.That(batch.Lanes, batch.Source == "teacher" ? Is.All.InRange(4, 5) : Is.All.InRange(0, 3), "a third of 6 is 2 to the nearest");
            Assert.That(batch.Lengths, Is.All.InRange(2, TinyTraining.ContextLength));
        }

        Assert.That(mixture.Epoch, Is.GreaterThan(0));
        Assert.That(mixture.Documents!.Documents, Is.GreaterThan(0));
    }

    [Test]
    public void FirstTokens_OfSamples_HaveTheTeachersProbabilities()
    {
        const int NumSamples = 3000;
        var options = TinyTraining.Options(60) with { SequencesPerStep = NumSamples, ContextLength = 3 };
        var samples = new TeacherSamples(tiny.Context(60, Ranks.Single) with { Batches = options, Seed = 4 }, new TeacherSourceRecipe { Batch = 250 });
        var counts = new double[7];
        foreach (var batch in samples.Next(0, CancellationToken.None))
        {
            for (var b = 0; b < batch.NumSequences; b++) counts[batch.Tokens[(b * batch.Length) + 1]]++;
        }

        using var noGrad = no_grad();
        var logits = tiny.Teacher.Logits(tiny.Teacher.Hidden(tensor(new long[] { tiny.Tokenizer.EndOfText }).view(1, 1))).reshape(-1);
        var expected = logits.to(ScalarType.Float64).softmax(0).data<double>().ToArray();
        for (var token = 0; token < counts.Length; token++)
        {
            var error = Math.Sqrt(expected[token] * (1 - expected[token]) / NumSamples);
            Assert.That(counts[token] / NumSamples, Is.EqualTo(expected[token]).Within(4.5 * error), $"token {token}");
        }
    }

    [Test]
    public void MicroBatch_OfARankWithoutSequences_AddsNothing([ValueSource(nameof(Kinds))] string kind)
    {
        var recipe = new StudentRecipe { Temperatures = Temperatures.Of(0.5), Objective = TinyTraining.ObjectiveOf(kind) };
        var inputs = StepInputs.Empty(CPU, hasScores: false);
        using var objective = recipe.Objective.Build(new(recipe, TinyTraining.ContextLength, tiny.Teacher.Config, CPU));
        var (states, logits) = (zeros(1, 1, 16), zeros(1, 1, 7));
        var teacher = new TeacherSignal(zeros(1, 1), logits, states);
        objective.Agreement?.Observe(inputs.Batch with { StudentLogProbs = zeros(1, 1) }, teacher);
        objective.Agreement?.Commit();
        var loss = objective.Loss(inputs.Batch, new StudentStates(zeros(1, 1, 16), _ => logits), teacher);
        Assert.That(objective.CountOf(inputs.Batch), Is.Zero);
        Assert.That(loss.Gradient.abs().max().item<float>(), Is.Zero);
        Assert.That(new FigureSums(new FigureLayout(objective.Figures)).Add(loss.Figures).Sums.abs().sum().item<double>(), Is.Zero);
    }

    private static IEnumerable<string> Kinds() => ObjectiveKinds.All.Kinds.Keys;

    private TeacherSamples Samples(MixRecipe source, int rank = 0, int worldSize = 1)
    {
        var context = tiny.Context(60, Ranks.Single) with { Seed = 3 };
        var half = context.ForPart(3);
        return new TeacherSamples(half with { Batches = half.Batches with { Rank = rank, WorldSize = worldSize } }, source, firstLane: 3);
    }

    /// <summary>The teacher's sequences of each step, as sorted lines of lane, number and tokens.</summary>
    private static string[][] Sequences(TeacherSamples samples, int firstStep, int numSteps) =>
    [
        .. Enumerable.Range(firstStep, numSteps).Select(step => samples.Next(step, CancellationToken.None)
            .SelectMany(batch => Enumerable.Range(0, batch.NumSequences).Select(b =>
                $"{batch.Lanes[b]} {batch.DocumentIds[b]}: {string.Join(' ', batch.Tokens.Skip(b * batch.Length).Take(batch.Lengths[b]))}"))
            .Order(StringComparer.Ordinal).ToArray()),
    ];
}
