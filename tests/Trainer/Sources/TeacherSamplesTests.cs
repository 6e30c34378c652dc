using Lhts.Data.Batching;
using Lhts.Objectives;
using Lhts.Testing;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Sources;
using Lhts.Trainer.Stages;
using Lhts.Trainer.Tests.Training;
using Lhts.Trainer.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Tests.Sources;

public sealed class TeacherSamplesTests : TensorTest
{
    private static readonly SourceRecipe Source = new() { Kind = SourceKind.Mix, TeacherShare = 0.5, Buffer = 12, Refresh = 2, Batch = 4 };

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
        foreach (var step in Steps(0, 60))
        {
            samples.Complete(step);
            most = Math.Max(most, samples.NumHeld);
        }

        Assert.That(most, Is.InRange(Source.Buffer, 2 * Source.Buffer + Source.Batch));
    }

    [Test]
    public void Step_OfAMixture_HasEachSourceInItsOwnMicroBatchesAndLanes()
    {
        var samples = Samples(Source with { TeacherShare = 0.3 });
        var options = TinyTraining.Options(60) with { SequencesPerStep = samples.NumFromCorpus };
        var read = tiny.Stream(options).ReadAsync().ToBlocking(CancellationToken.None).First();
        var step = samples.Complete(read);
        Assert.That(samples.NumFromCorpus, Is.EqualTo(4), "a third of 6 is 2 to the nearest");
        Assert.That(step.MicroBatches.SelectMany(batch => batch.Lanes).Order(), Is.EqualTo(Enumerable.Range(0, 6)));
        foreach (var batch in step.MicroBatches)
        {
            Assert.That(batch.Lanes, batch.Source == SequenceSource.Teacher ? Is.All.InRange(4, 5) : Is.All.InRange(0, 3));
            Assert.That(batch.Lengths, Is.All.InRange(2, TinyTraining.ContextLength));
        }

        Assert.That((step.NumGlobalSequences, step.NextState), Is.EqualTo((6, read.NextState)));
    }

    [Test]
    public void FirstTokens_OfSamples_HaveTheTeachersProbabilities()
    {
        const int NumSamples = 3000;
        var settings = new SourceRecipe { Kind = SourceKind.Teacher, Batch = 250 };
        var options = TinyTraining.Options(60) with { SequencesPerStep = NumSamples, ContextLength = 3 };
        var samples = new TeacherSamples(tiny.Teacher, settings, options, tiny.Tokenizer.EndOfText, seed: 4);
        var step = samples.Complete(Steps(0, 1).Single());
        var counts = new double[7];
        foreach (var batch in step.MicroBatches)
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
    public void MicroBatch_OfARankWithoutSequences_AddsNothing([Values] ObjectiveKind kind)
    {
        var recipe = new StudentRecipe { Temperatures = Temperatures.Of(0.5), Objective = new ObjectiveRecipe { Kind = kind } };
        var inputs = StepInputs.Empty(CPU, hasScores: false);
        using var objective = StudentObjective.Build(recipe, TinyTraining.ContextLength, tiny.Teacher);
        var (states, logits) = (zeros(1, 1, 16), zeros(1, 1, 7));
        var teacher = new TeacherSignal(zeros(1, 1), logits, states);
        objective.Observe(inputs.Batch with { StudentLogProbs = zeros(1, 1) }, teacher);
        objective.Commit();
        var loss = objective.Loss(inputs.Batch, logits, teacher);
        Assert.That(objective.CountOf(inputs.Batch), Is.Zero);
        Assert.That(loss.Gradient.abs().max().item<float>(), Is.Zero);
        Assert.That(loss.Sums.Totals.abs().sum().item<double>(), Is.Zero);
    }

    private static IEnumerable<StepBatch> Steps(int first, int count)
    {
        var start = new DataState(first, 0, [], 0, new DataSource("", "", 1, new(), 6, 16, LongDocuments.Cut, true, Lhts.Data.Parquet.BadRows.Fail));
        return TeacherSamples.Steps(start).Take(count);
    }

    private TeacherSamples Samples(SourceRecipe source, int rank = 0, int worldSize = 1) => new(
        tiny.Teacher, source, TinyTraining.Options(60) with { Rank = rank, WorldSize = worldSize }, tiny.Tokenizer.EndOfText, seed: 3);

    /// <summary>The teacher's sequences of each step, as sorted lines of lane, number and tokens.</summary>
    private static string[][] Sequences(TeacherSamples samples, int firstStep, int numSteps) =>
    [
        .. Steps(firstStep, numSteps).Select(step => samples.Complete(step).MicroBatches.Where(batch => batch.Source == SequenceSource.Teacher)
            .SelectMany(batch => Enumerable.Range(0, batch.NumSequences).Select(b =>
                $"{batch.Lanes[b]} {batch.DocumentIds[b]}: {string.Join(' ', batch.Tokens.Skip(b * batch.Length).Take(batch.Lengths[b]))}"))
            .Order(StringComparer.Ordinal).ToArray()),
    ];
}
