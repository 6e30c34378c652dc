using Lhts.Benchmarks.Exact;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests.Exact;

/// <summary>The objectives with a log flow on an enumerated teacher: where they are at rest, and what their gradient is elsewhere.</summary>
public sealed class FlowOptimumTests : TensorTest
{
    private const double Temperature = 0.5;
    private const int Width = 2;

    private Enumeration space = null!;
    private Tensor teacher = null!;

    private static IEnumerable<TestCaseData> Objectives()
    {
        foreach (var lambda in (double[])[0, 0.9, 1])
        {
            yield return Named("soft-policy", new() { Lambda = lambda }, options => new SoftPolicyObjective(options, 5, Width, Width));
            yield return Named("subtb", new() { Lambda = lambda }, options => new SubTrajectoryBalanceObjective(options, 5, Width, Width));
        }

        foreach (var horizon in (long?[])[1, 2, null])
        {
            yield return Named("lhts", new() { Horizon = horizon, Clip = 3 }, options => new OwnSamplesObjective(options, 5, Width, Width));
        }

        static TestCaseData Named(string name, FlowOptions options, Func<FlowOptions, FlowObjective> make) =>
            new TestCaseData(options, make).SetArgDisplayNames($"{name}, lambda {options.Lambda}, horizon {options.Horizon}");
    }

    [SetUp]
    public void MakeModels()
    {
        space = new Enumeration(numSymbols: 3, length: 5);
        manual_seed(5);
        teacher = randn(space.NumPrefixes, 3, dtype: ScalarType.Float64);
    }

    [TearDown]
    public void DisposeSpace() => space.Dispose();

    [TestCaseSource(nameof(Objectives))]
    public void Credit_OfEverySequenceAtTheJointTemperature_IsZero(FlowOptions options, Func<FlowOptions, FlowObjective> make)
    {
        using var objective = make(options);
        var optimum = space.TableOf(space.JointTemperature(teacher, Temperature));
        var credit = objective.Credit(SignalOf(optimum, Flows()));
        Assert.That(credit.Policy.abs().max().item<double>(), Is.LessThan(1e-10));
        Assert.That(objective.Credit(SignalOf(teacher, Flows())).Policy.abs().max().item<double>(), Is.GreaterThan(0.1), "the teacher is not the optimum");
    }

    [Test]
    public void ExpectedGradient_OfTheSoftPolicyToTheEnd_IsThatOfTheDivergence()
    {
        manual_seed(9);
        var student = (teacher + 0.5 * randn(space.NumPrefixes, 3, dtype: ScalarType.Float64)).requires_grad_();
        using var objective = new SoftPolicyObjective(new FlowOptions { Lambda = 1 }, 5, Width, Width);
        var flows = Flows() + 0.3; // any baseline will do
        var target = space.JointTemperature(teacher, Temperature); // (N)
        var logQ = space.LogProbs(student); // (N, L)
        var sequence = logQ.sum(dim: 1);
        (sequence.exp() * (sequence - target)).sum().backward();

        var credit = objective.Credit(SignalOf(student.detach(), flows)).Policy;
        var data = sequence.detach().exp().unsqueeze(1);
        var expected = student.grad!.clone();
        student.grad = null;
        (data * credit * -space.LogProbs(student)).sum().backward();
        Near.Assert(student.grad!, expected, 1e-10, "gradient by the student's table");
    }

    [TestCase(0)]
    [TestCase(0.7)]
    [TestCase(1)]
    public void Credit_OfSubTrajectoryBalance_IsTheGradientOfItsSquares(double lambda)
    {
        manual_seed(3);
        var ratios = randn(4, 6, dtype: ScalarType.Float64).requires_grad_();
        var flows = randn(4, 6, dtype: ScalarType.Float64).requires_grad_();
        int[] starts = [0, 0, 2, 1], ends = [6, 4, 6, 3];
        var mask = zeros(4, 6, dtype: ScalarType.Bool);
        for (var b = 0; b < 4; b++) mask.select(0, b).narrow(0, starts[b], ends[b] - starts[b]).fill_(true);
        var loss = zeros(1, dtype: ScalarType.Float64);
        for (var b = 0; b < 4; b++) loss = loss + Squares(ratios[b], flows[b], starts[b], ends[b], lambda) * (ends[b] - starts[b]);
        loss.backward();

        using var objective = new SubTrajectoryBalanceObjective(new FlowOptions { Lambda = lambda }, 6, Width, Width);
        var isValid = mask.to(ScalarType.Float64);
        var credit = objective.Credit(new FlowSignal(ratios.detach() * isValid, flows.detach() * isValid, mask));
        Near.Assert(credit.Policy, ratios.grad! * isValid, 1e-10, "by the ratios");
        Near.Assert(credit.Flow, flows.grad! * isValid, 1e-10, "by the flows");
    }

    [Test]
    public void Positions_AreSolvedFromTheFirstSequencesOfATemperatureOtherThanOne()
    {
        using var objective = new SoftPolicyObjective(new FlowOptions(), 5, Width, Width);
        var agreement = (IStepAgreement)objective;
        var batch = BatchOf(1.0) with { StudentLogProbs = space.LogProbs(teacher) };
        var signal = new TeacherSignal(space.LogProbs(teacher), HiddenStates: zeros(space.NumSequences, 5, Width));
        agreement.Observe(batch, signal);
        agreement.Commit();
        Assert.That(agreement.ReadsStudent, Is.True, "T = 1 says nothing of the flow");

        agreement.Observe(batch with { Temperatures = BatchOf(Temperature).Temperatures }, signal);
        agreement.Commit();
        Assert.That(agreement.ReadsStudent, Is.False);
        // u = 1 at T = 1/2, and the returns of the teacher's own texts are log p of what follows.
        var expected = HorizonSum.Of(space.LogProbs(teacher), batch.Mask, null).mean([0]) / 8;
        Near.Assert(PlacesAt(agreement, u: 1), expected, 1e-5, "positions");
    }

    [TestCase(nameof(SoftPolicyObjective))]
    [TestCase(nameof(OwnSamplesObjective))]
    public void Positions_OfAFlowOfMeanReturns_FollowThoseOfEveryStep(string kind)
    {
        using FlowObjective objective = kind == nameof(SoftPolicyObjective)
            ? new SoftPolicyObjective(new FlowOptions(), 5, Width, Width)
            : new OwnSamplesObjective(new FlowOptions(), 5, Width, Width);
        var agreement = (IStepAgreement)objective;
        var states = zeros(space.NumSequences, 5, Width);
        var (atTeacher, atStudent) = (new TeacherSignal(space.LogProbs(teacher), HiddenStates: states), teacher * 1.3);
        agreement.Observe(BatchOf(Temperature) with { StudentLogProbs = space.LogProbs(teacher) }, atTeacher);
        agreement.Commit();
        var before = PlacesAt(agreement, u: 1);

        Assert.That(agreement.Pending, Is.Not.Empty, "the step's losses add to it");
        var logits = LogitsOf(atStudent);
        objective.Loss(BatchOf(Temperature), new StudentStates(states, _ => logits), atTeacher);
        agreement.EndStep();

        Assert.That(agreement.Pending, Is.Empty);
        var returns = HorizonSum.Of(SignalOf(atStudent, zeros_like(space.LogProbs(teacher))).Ratios, space.Mask, null).mean([0]);
        // V = 8 u pos with u = 1 at T = 1/2, as the rest of the flow starts at zero.
        // What was solved at first counts as a step before: 1/(1 + 0.85) of the way.
        Near.Assert(PlacesAt(agreement, u: 1), before + (((returns / 8) - before) / 1.85), 1e-5, "positions");
        Assert.That(objective.Parameters.Select(parameter => parameter.Name), Has.None.EqualTo("flow.positions"), "Adam leaves them alone");
    }

    [Test]
    public void Positions_OfTheSoftPolicy_AreTheReturnsOfEveryTemperatureThatStepsComeBackTo()
    {
        using var objective = new SoftPolicyObjective(new FlowOptions(), 5, Width, Width);
        var agreement = (IStepAgreement)objective;
        var signal = new TeacherSignal(space.LogProbs(teacher), HiddenStates: zeros(space.NumSequences, 5, Width));
        agreement.Observe(BatchOf(0.5) with { StudentLogProbs = space.LogProbs(teacher) }, signal);
        for (var step = 0; step < 60; step++)
        {
            agreement.Commit();
            // A student of each temperature, nearer to p than p_T is, so that mean returns are no multiple of u.
            var temperature = step % 2 == 0 ? 0.5 : 0.8;
            var logits = LogitsOf(teacher * ((1 / temperature) + 0.5));
            objective.Loss(BatchOf(temperature), new StudentStates(signal.HiddenStates!, _ => logits), signal);
            agreement.EndStep();
        }

        foreach (var temperature in (double[])[0.5, 0.8])
        {
            var ratios = (space.LogProbs(teacher) / temperature) - space.LogProbs(teacher * ((1 / temperature) + 0.5));
            var (mean, u) = (HorizonSum.Of(ratios, space.Mask, null).mean([0]), (1 / temperature) - 1);
            Near.Assert(PlacesAt(agreement, u) * (8 * u), mean, 1e-3, $"T {temperature}");
        }
    }

    [Test]
    public void Loss_OfTextsOfTheTarget_UnderTheSoftPolicy_IsTheirLikelihoodAlone()
    {
        using var objective = new SoftPolicyObjective(new FlowOptions(), 5, Width, Width);
        var signal = new TeacherSignal(space.LogProbs(teacher), HiddenStates: zeros(space.NumSequences, 5, Width));
        var table = (teacher * 0.7).requires_grad_();
        space.LogProbs(table).mean([1]).neg().sum().backward();
        var student = table.detach().clone().requires_grad_();
        var logits = LogitsOf(student);

        objective.Loss(BatchOf(Temperature) with { IsOfTarget = true }, new StudentStates(signal.HiddenStates!, _ => logits), signal).Backward(1);

        Near.Assert(student.grad!, table.grad!, 1e-10, "gradient by the student's table");
        foreach (var (name, parameter) in objective.Parameters)
        {
            Assert.That(parameter.grad is null || parameter.grad.abs().max().item<float>() == 0, name + " learns from own samples alone");
        }
    }

    [TestCase(10.0, -0.025)]
    [TestCase(2.5, 0.05)]
    public void TokenCost_OfTextsThatAreTooLongOrTooShort_Moves(double meanLength, double expected)
    {
        using var objective = new SoftPolicyObjective(new FlowOptions { MeanLength = meanLength, Lambda = 0 }, 5, Width, Width);
        var agreement = (IStepAgreement)objective;
        var signal = new TeacherSignal(space.LogProbs(teacher), HiddenStates: zeros(space.NumSequences, 5, Width));
        var logits = LogitsOf(teacher);
        agreement.Observe(BatchOf(Temperature) with { StudentLogProbs = space.LogProbs(teacher) }, signal);
        agreement.Commit();
        var before = objective.Loss(BatchOf(Temperature), new StudentStates(signal.HiddenStates!, _ => logits), signal);
        Assert.That(agreement.Pending, Has.Count.EqualTo(2));
        agreement.EndStep();
        Assert.That(agreement.State["flow.tokenCost"].item<double>(), Is.EqualTo(expected).Within(1e-12), "all texts have 5 tokens");

        agreement.Commit();
        var after = objective.Loss(BatchOf(Temperature), new StudentStates(signal.HiddenStates!, _ => logits), signal);
        var column = LossFigures.Loss.Statistic.Columns[0];
        var (shown, earlier) = (after.Figures.Of(column)!, before.Figures.Of(column)!);
        Near.Assert(shown - earlier, full_like(shown, 5 * expected), 1e-10, "u is 1 at T = 1/2: five tokens cost five times as much");
    }

    private static Tensor Squares(Tensor ratios, Tensor flows, int start, int end, double lambda)
    {
        var (sum, total) = (zeros(1, dtype: ScalarType.Float64), 0.0);
        for (var i = start; i < end; i++)
        {
            for (var j = i + 1; j <= end; j++)
            {
                var weight = Math.Pow(lambda, j - i - 1);
                var next = j < end ? flows[j] : zeros(1, dtype: ScalarType.Float64).squeeze();
                sum = sum + (ratios.narrow(0, i, j - i).sum() + next - flows[i]).square() * weight;
                total += weight;
            }
        }

        return sum / total;
    }

    /// <summary>(L): V / (8 u) of the place alone.</summary>
    private static Tensor PlacesAt(IStepAgreement agreement, double u) =>
        agreement.State["flow.positions"].detach().to(ScalarType.Float64) + (agreement.State["flow.slopes"] * u);

    /// <summary>(N, L, 3): a table's logits along every sequence.</summary>
    private Tensor LogitsOf(Tensor table) => table.index_select(0, space.Prefixes.reshape(-1)).reshape(space.NumSequences, -1, 3);

    private FlowSignal SignalOf(Tensor student, Tensor flows) =>
        new(space.LogProbs(teacher) / Temperature - space.LogProbs(student), flows, space.Mask);

    /// <summary>(N, L): the exact log of what p^(1/T) sums to behind each prefix.</summary>
    private Tensor Flows() => space.LogPartitions(teacher, Temperature).index_select(0, space.Prefixes.reshape(-1)).reshape(space.NumSequences, -1);

    private ObjectiveBatch BatchOf(double temperature) =>
        new(space.Sequences, space.Mask, full(space.NumSequences, temperature, dtype: ScalarType.Float64));
}
