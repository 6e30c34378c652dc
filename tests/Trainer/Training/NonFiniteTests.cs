using System.Text.Json.Nodes;
using Lhts.Data.Batching;
using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using Lhts.Objectives;
using Lhts.Telemetry;
using Lhts.Testing;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Tests.Training;

/// <summary>Steps whose loss, weights or gradient are not finite.</summary>
public sealed class NonFiniteTests : TensorTest
{
    private TinyTraining tiny = null!;
    private StepSequences[] steps = null!;

    [OneTimeSetUp]
    public void Prepare()
    {
        tiny = new TinyTraining();
        steps = [.. tiny.Stream(TinyTraining.Options(60)).ReadAsync().ToBlocking(CancellationToken.None).Take(8)
            .Select(batch => new StepSequences(batch.Step, batch.MicroBatches))];
    }

    [OneTimeTearDown]
    public void Remove() => tiny.Dispose();

    [Test]
    public void Stop_NamesTheDocumentsAndTheFolderOfTheirTokens()
    {
        using var rig = new Rig(tiny, OnNonFinite.Stop, "stop");
        rig.BreakTheTeacher();
        var error = Assert.Throws<NonFiniteStepException>(() => rig.Step.Run(steps[2], 1));
        var folder = Path.Combine(rig.Folder, "step-00000002");
        Assert.That(error!.Message, Does.Contain($"'{folder}'").And.Contain("Rows of the data set").And.Contain("onNonFinite: skip"));

        var rows = steps[2].MicroBatches.SelectMany(batch => Enumerable.Range(0, batch.NumSequences).Select(b => (
            Lane: batch.Lanes[b], Document: batch.DocumentIds[b], Tokens: batch.Tokens.Skip(b * batch.Length).Take(batch.Lengths[b]).ToArray())))
            .OrderBy(row => row.Lane).ToArray();
        var found = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "rank-0.json")))!;
        Assert.That(found["sequences"]!.AsArray().Select(row => (long)row!["document"]!), Is.EqualTo(rows.Select(row => row.Document)));
        Assert.That((string?)found["sequences"]![0]!["source"], Is.EqualTo("corpus"));
        using var file = SafetensorsFile.Open(Path.Combine(folder, "rank-0.safetensors"));
        var (tokens, lengths) = (file.Read("tokens"), file.Read("lengths").data<long>().ToArray());
        for (var n = 0; n < rows.Length; n++)
        {
            Assert.That(tokens[n].narrow(0, 0, lengths[n]).data<long>().ToArray(), Is.EqualTo(rows[n].Tokens));
        }

        Assert.That(file.Read("temperatures").data<float>().ToArray(), Is.All.EqualTo(0.5f));
        Assert.That(file.Read("log_probs").data<float>().ToArray().Any(float.IsNaN), Is.True, "the teacher's log-probs are what is not finite");
    }

    [Test]
    public void Skip_LeavesNoTraceOfTheStep([Values(BaselineKind.Index, BaselineKind.Learned)] BaselineKind baseline)
    {
        using var disturbed = new Rig(tiny, OnNonFinite.Skip, $"skip-{baseline}", baseline);
        using var undisturbed = new Rig(tiny, OnNonFinite.Skip, $"none-{baseline}", baseline);
        foreach (var step in steps.Take(2)) Assert.That(disturbed.Step.Run(step, 1).IsSkipped, Is.False);
        disturbed.BreakTheTeacher();
        foreach (var step in steps.Skip(2).Take(4)) Assert.That(disturbed.Step.Run(step, 1).IsSkipped, Is.True);
        disturbed.MendTheTeacher();
        foreach (var step in steps.Skip(6)) disturbed.Step.Run(step, 1);

        foreach (var step in steps.Take(2).Concat(steps.Skip(6))) undisturbed.Step.Run(step, 1);
        Assert.That(disturbed.Numbers(), Is.EqualTo(undisturbed.Numbers()));
        Assert.That(Directory.GetDirectories(disturbed.Folder), Has.Length.EqualTo(NonFiniteBatches.MostSteps), "of four");
        Assert.That(Directory.Exists(undisturbed.Folder), Is.False);
    }

    /// <summary>A student of one temperature with a running normaliser, and a teacher that can be broken.</summary>
    private sealed class Rig : IDisposable
    {
        private readonly Gpt2 teacher;
        private readonly Gpt2 student;
        private readonly Tensor sound;
        private readonly LhtsObjective objective;
        private readonly Updater updater;

        public Rig(TinyTraining tiny, OnNonFinite onNonFinite, string name, BaselineKind baseline = BaselineKind.IndexToken)
        {
            Folder = Path.Combine(tiny.Folder, name);
            teacher = Gpt2Student.From(tiny.Teacher, TemperatureConditioning.None);
            teacher.eval();
            foreach (var parameter in teacher.parameters()) parameter.requires_grad = false;
            student = Gpt2Student.From(tiny.Teacher, TemperatureConditioning.None);
            sound = SecondPosition.clone();
            manual_seed(4);
            objective = new LhtsObjective(new LhtsOptions { Baseline = baseline, NormalisePerTemperature = true }, TinyTraining.ContextLength, hiddenSize: 16);
            updater = new Updater(student.named_parameters(), objective.Parameters, new OptimizationRecipe(), 1e-3, Ranks.Single, new DistributedRecipe());
            var options = new StepOptions
            {
                Temperatures = new(Temperatures.Of(0.5), Seed: 1), OnNonFinite = onNonFinite, NonFiniteBatches = new NonFiniteBatches(Folder),
            };
            Step = new TrainingStep(student, teacher, objective, updater, options, new PhaseClock(TimeProvider.System), Ranks.Single);
        }

        public string Folder { get; }

        private Tensor SecondPosition => teacher.named_parameters().Single(p => p.Item1.Contains("wpe", StringComparison.Ordinal)).Item2.narrow(0, 1, 1);

        public TrainingStep Step { get; }

        /// <summary>Every sequence has a second position.</summary>
        public void BreakTheTeacher()
        {
            using var noGrad = no_grad();
            SecondPosition.fill_(double.PositiveInfinity);
        }

        public void MendTheTeacher()
        {
            using var noGrad = no_grad();
            SecondPosition.copy_(sound);
        }

        /// <summary>All that a step may change.</summary>
        public float[][] Numbers() =>
        [
            .. student.parameters().Select(p => (Tensor)p).Concat(objective.Parameters.Select(p => (Tensor)p.Parameter)).Concat(objective.State.Values)
                .Select(values => values.detach().to(ScalarType.Float32).contiguous().data<float>().ToArray()),
        ];

        public void Dispose()
        {
            updater.Dispose();
            objective.Dispose();
            student.Dispose();
            teacher.Dispose();
        }
    }
}
