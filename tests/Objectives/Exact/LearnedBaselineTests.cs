using Lhts.Benchmarks.Exact;
using Lhts.Testing;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests.Exact;

/// <summary>The learned baseline on an enumerated teacher whose log-partitions are known, with the prefix itself as the hidden state.</summary>
public sealed class LearnedBaselineTests : TensorTest
{
    private const double Temperature = 0.5; // a = 1
    private Enumeration space = null!;
    private Tensor table = null!;

    [SetUp]
    public void MakeTeacher()
    {
        space = new Enumeration(numSymbols: 3, length: 5);
        manual_seed(11);
        table = 1.5 * randn(space.NumPrefixes, 3, dtype: ScalarType.Float64);
    }

    [TearDown]
    public void DisposeSpace() => space.Dispose();

    private ObjectiveBatch Batch => new(space.Sequences, space.Mask, full(space.NumSequences, Temperature, dtype: ScalarType.Float64));

    private TeacherSignal Teacher => new(space.LogProbs(table), HiddenStates: PrefixStates());

    private WeightInputs Inputs => WeightInputs.Of(Batch, Teacher);

    [TestCase(1, TailKind.Bootstrap, true)]
    [TestCase(2, TailKind.Bootstrap, true)]
    [TestCase(5, TailKind.Bootstrap, true)]
    [TestCase(null, TailKind.Drop, true)]
    [TestCase(1, TailKind.Drop, false)]
    [TestCase(2, TailKind.Drop, false)]
    public void ExpectedGradient_WithTheExactPartition_VanishesAtTheJointTemperature(int? horizon, TailKind tail, bool vanishes)
    {
        using var objective = new LhtsObjective(Options(horizon, tail), Exact(horizon, tail));
        var student = space.TableOf(space.JointTemperature(table, Temperature));

        var loss = objective.Loss(Batch, space.Logits(student), Teacher);

        var gradient = space.ExpectedGradient(loss.Gradient, Probabilities()).abs().max().cpu().item<double>();
        // The head is in float32, hence not the 1e-12 of the other baselines.
        Assert.That(gradient, vanishes ? Is.LessThan(1e-6) : Is.GreaterThan(1e-3));
    }

    [TestCase(1)]
    [TestCase(3)]
    public void ExpectedWeight_WithTheExactPartition_IsOneAtEveryPrefix(int horizon)
    {
        using var baseline = Exact(horizon, TailKind.Bootstrap);
        Near.Assert(PrefixMeans(baseline.LogWeights(Inputs).exp()), ones(space.NumPrefixes, dtype: ScalarType.Float64), 1e-5, "mean weights");
    }

    [TestCase(0, false)]
    [TestCase(0.7, false)]
    [TestCase(1, false)]
    [TestCase(0.7, true)]
    public void Errors_OfTheExactPartition_HaveTheMeanZero(double trace, bool isControlled)
    {
        using var baseline = Exact(1, TailKind.Bootstrap);
        var controls = isControlled ? ControlOf(randn(space.NumPrefixes, 3, dtype: ScalarType.Float64)) : null;

        var errors = FutureReturns.Of(baseline.LogWeights(Inputs), controls, Batch.Mask, trace, bound: 100);

        Near.Assert(PrefixMeans(errors), zeros(space.NumPrefixes, dtype: ScalarType.Float64), 1e-5, "means");
        Assert.That(errors.abs().max().cpu().item<double>(), Is.GreaterThan(0.1), "none of them is zero by itself");
    }

    [Test]
    public void Errors_ControlledByTheJointTemperature_AreZero()
    {
        using var baseline = Exact(1, TailKind.Bootstrap);
        var controls = ControlOf(space.TableOf(space.JointTemperature(table, Temperature)));

        var errors = FutureReturns.Of(baseline.LogWeights(Inputs), controls, Batch.Mask, 0.9, bound: 100);

        Assert.That(errors.abs().max().cpu().item<double>(), Is.LessThan(1e-5));
    }

    [Test]
    public void Head_TrainedOnSamples_FindsThePartition()
    {
        using var baseline = new LearnedBaseline(Options(1, TailKind.Bootstrap), space.Length, space.NumPrefixes);
        var optimizer = new AdamW(baseline.Parameters.Select(entry => entry.Parameter), lr: 0.1);
        var probabilities = Probabilities().unsqueeze(1);
        baseline.Observe(Inputs);
        baseline.Commit();
        for (var step = 0; step < 600; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.ParamGroups.First().LearningRate = 0.1 * (1 - step / 600.0);
            optimizer.zero_grad();
            (baseline.AuxiliaryLoss(Inputs)! * probabilities).sum().backward();
            optimizer.step();
        }

        optimizer.Dispose();
        using var guard = no_grad();
        Near.Assert(PrefixMeans(baseline.Values(Inputs)), LogPartitions(), 0.01, "b");
    }

    [Test]
    public void AuxiliaryLoss_OfALargeWeight_HasABoundedDerivative()
    {
        using var baseline = new LearnedBaseline(Options(1, TailKind.Bootstrap) with { HeadErrorBound = 0.5, HeadTrace = 0 }, 1, hiddenSize: 1);
        // One token of probability e^2 and nothing learned: the log weight is 2, taken as 0.5.
        var batch = new ObjectiveBatch(zeros(1, 1, dtype: ScalarType.Int64), ones(1, 1, dtype: ScalarType.Bool), tensor(new[] { 0.5 }));
        var inputs = WeightInputs.Of(batch, new(full(1, 1, 2.0, dtype: ScalarType.Float64), HiddenStates: zeros(1, 1, 1)));
        var bias = baseline.Parameters.Single(entry => entry.Name == "head.output.bias").Parameter;

        var loss = baseline.AuxiliaryLoss(inputs)!;
        loss.sum().backward();

        Assert.That(loss.Values()[0], Is.EqualTo(Math.Pow(Math.Exp(0.5) - 1, 2) / 2).Within(1e-12));
        Assert.That(bias.grad!.Values()[0], Is.EqualTo(1 - Math.Exp(0.5)).Within(1e-6));
    }

    [Test]
    public void Prior_OfAHeadThatIsWrong_MakesTheMeanWeightsOne()
    {
        using var baseline = Exact(1, TailKind.Bootstrap);
        using (no_grad())
        {
            foreach (var (_, parameter) in baseline.Parameters) parameter.normal_(0, 0.7);
        }

        baseline.Observe(Inputs); // all sequences are equally likely here
        baseline.Commit();

        var means = baseline.LogWeights(Inputs).exp().mean([0]); // (L)
        Near.Assert(means, ones(space.Length, dtype: ScalarType.Float64), 1e-9, "mean weights");
    }

    [Test]
    public void Prior_OfIndependentTokens_IsTheExactPartition()
    {
        // Rows that are the same for every prefix of a length: the position says it all.
        var rows = randn(space.Length, 3, dtype: ScalarType.Float64);
        table = cat(Enumerable.Range(0, space.Length).Select(i => rows.narrow(0, i, 1).expand((long)Math.Pow(3, i), 3)).ToArray(), 0);
        using var baseline = new LearnedBaseline(Options(1, TailKind.Bootstrap), space.Length, space.NumPrefixes);
        var probabilities = Probabilities();
        // Observing takes sequences as equally likely, so each counts as often as its probability says.
        var counts = probabilities.Values().Select(probability => (int)Math.Round(probability * 50_000));
        var repeated = tensor(counts.SelectMany((count, sequence) => Enumerable.Repeat((long)sequence, count)).ToArray());
        var batch = new ObjectiveBatch(
            space.Sequences.index_select(0, repeated), ones(repeated.shape[0], space.Length, dtype: ScalarType.Bool),
            full(repeated.shape[0], Temperature, dtype: ScalarType.Float64));
        baseline.Observe(WeightInputs.Of(batch, new(space.LogProbs(table).index_select(0, repeated), HiddenStates: PrefixStates().index_select(0, repeated))));
        baseline.Commit();

        using var guard = no_grad();
        Near.Assert(PrefixMeans(baseline.Values(Inputs)), LogPartitions(), 0.01, "b");
    }

    private static LhtsOptions Options(int? horizon, TailKind tail) => new()
    {
        Horizon = horizon, Clip = null, Beta = 0, Baseline = BaselineKind.Learned, Tail = tail, HeadWidth = 0, HeadTrace = 0.5,
    };

    /// <summary>A linear head over prefixes that was given the answer; with a dropped tail, any prefix-dependent values will do.</summary>
    private LearnedBaseline Exact(int? horizon, TailKind tail)
    {
        var baseline = new LearnedBaseline(Options(horizon, tail), space.Length, space.NumPrefixes);
        using var guard = no_grad();
        var weight = baseline.Parameters.First(entry => entry.Name == "head.output.weight").Parameter; // (1, P + 1)
        weight.narrow(1, 0, space.NumPrefixes).copy_(LogPartitions().unsqueeze(0));
        return baseline;
    }

    private Tensor Probabilities() => space.LogProbs(table).sum(dim: 1).exp();

    private Tensor LogPartitions() => space.LogPartitions(table, Temperature);

    /// <summary>(N, L): what a student with that table takes off the weights.</summary>
    private Tensor ControlOf(Tensor student) =>
        new TokenControl(space.LogProbs(table), ones_like(Batch.Mask), Clip: null).Of(space.LogProbs(student));

    /// <summary>(N, L) to (P): means under p of what belongs to a prefix.</summary>
    private Tensor PrefixMeans(Tensor values)
    {
        var probabilities = Probabilities().unsqueeze(1).expand(space.NumSequences, space.Length).reshape(-1);
        Tensor Sum(Tensor source) => zeros(space.NumPrefixes, dtype: ScalarType.Float64).scatter_add_(0, space.Prefixes.reshape(-1), source);
        return Sum(values.reshape(-1) * probabilities) / Sum(probabilities);
    }

    private Tensor PrefixStates() => zeros(new[] { space.NumSequences, space.Length, space.NumPrefixes }, dtype: ScalarType.Float32)
        .scatter_(2, space.Prefixes.unsqueeze(2), ones(new long[] { space.NumSequences, space.Length, 1 }, dtype: ScalarType.Float32));
}
