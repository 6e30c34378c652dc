using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests;

/// <summary>Whatever precision the models compute in, losses and figures are summed in float32 or wider.</summary>
public sealed class PrecisionTests : TensorTest
{
    private static readonly TemperatureBins Bins = TemperatureBins.OfList([0.5, 0.9]);

    private static readonly (string Name, Func<IObjective> Make)[] Objectives =
    [
        ("lhts", () => new LhtsObjective(new LhtsOptions { NormalisePerTemperature = true }, RandomStep.MaxLength, Bins)),
        ("lhts, learned",
            () => new LhtsObjective(new LhtsOptions { Baseline = BaselineKind.Learned, Tail = TailKind.Bootstrap }, RandomStep.MaxLength, Bins, hiddenSize: 3)),
        ("myopic", () => new MyopicObjective()),
        ("partition", () => new PartitionObjective(new PartitionOptions(), RandomStep.MaxLength)),
        ("pairwise", () => new PairwiseObjective(Bins)),
        ("mle", () => new MleObjective()),
    ];

    private static IEnumerable<string> Names => Objectives.Select(objective => objective.Name);

    [TestCaseSource(nameof(Names))]
    public void Loss_OfNarrowLogits_IsThatOfTheSameNumbersInFloat32(string name)
    {
        var make = Objectives.Single(objective => objective.Name == name).Make;
        manual_seed(1); // the learned baseline's head draws its weights
        using var narrow = make();
        manual_seed(1);
        using var wide = make();
        var step = RandomStep.Of(seed: 8, numSequences: 40, length: 20, numTokens: 50);

        var (a, b) = (Run(narrow, As(step, ScalarType.BFloat16)), Run(wide, As(As(step, ScalarType.BFloat16), ScalarType.Float32)));

        Assert.That(a.Gradient.dtype, Is.EqualTo(ScalarType.BFloat16), "the gradient goes back in the logits' type");
        Near.Assert(SumsOf(narrow, a), SumsOf(wide, b), 0, "sums");
        Near.Assert(a.Gradient, b.Gradient.to(ScalarType.BFloat16), 0, "gradient");
    }

    [Test]
    public void Sums_OfManySmallLosses_DoNotStopGrowing()
    {
        // 2^18 tokens of 2 nats: a sum in float16 ends at 65,504, one in bfloat16 stops growing at 512.
        const int NumTokens = 1 << 18;
        var logits = zeros(new long[] { NumTokens / 64, 64, 8 }, dtype: ScalarType.BFloat16);
        var batch = new ObjectiveBatch(
            zeros(new long[] { NumTokens / 64, 64 }, dtype: ScalarType.Int64), ones(new long[] { NumTokens / 64, 64 }, dtype: ScalarType.Bool),
            ones(NumTokens / 64));
        using var objective = new MleObjective();

        var total = FigureTable.Of(objective, objective.Loss(batch, logits, teacher: null))[LossFigures.Loss] * NumTokens;

        Assert.That(total, Is.EqualTo(NumTokens * Math.Log(8)).Within(1e-6 * NumTokens));
    }

    private static Tensor SumsOf(IObjective objective, ObjectiveLoss loss) => new FigureSums(new FigureLayout(objective.Figures)).Add(loss.Figures).Sums;

    private static ObjectiveLoss Run(IObjective objective, RandomStep step) => StepRunner.Run([objective], [[step]]).Single();

    /// <summary>Both models' logits and the teacher's hidden states in a type; its log-probs from them, as the training step does it.</summary>
    private static RandomStep As(RandomStep step, ScalarType type)
    {
        var logits = step.Teacher.Logits!.to(type);
        return step with
        {
            StudentLogits = step.StudentLogits.to(type),
            Teacher = new TeacherSignal(TokenHead.LogProbs(logits, step.Batch.Targets), logits, step.Teacher.HiddenStates!.to(type).to(ScalarType.Float32)),
        };
    }
}
