using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace Lhts.Objectives.Tests;

/// <summary>The gradient of a step does not depend on how its sequences are split over micro-batches, ranks and padding.</summary>
public sealed class SplitInvarianceTests : TensorTest
{
    [Property(MaxTest = 40)]
    public void Gradient_HoweverTheStepIsSplit_IsTheSame(int seed)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        var options = Options(random);
        AssertSplitDoesNotMatter(seed, random, () => Objective(options), $"seed {seed}, {options}");
    }

    [Property(MaxTest = 40)]
    public void Gradient_OfPiecesWithALookAhead_HoweverTheStepIsSplit_IsTheSame(int seed)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        var options = Options(random);
        AssertSplitDoesNotMatter(seed, random, () => Objective(options), $"seed {seed}, {options}", looksAhead: true);
    }

    [Property(MaxTest = 10)]
    public void Gradient_OfEachComparison_HoweverTheStepIsSplit_IsTheSame(int seed)
    {
        using var scope = NewDisposeScope();
        (string Name, Func<IObjective> Make)[] comparisons =
        [
            ("mle", () => new MleObjective()),
            ("myopic", () => new MyopicObjective()),
            ("pairwise", () => new PairwiseObjective(TemperatureBins.OfList([0.5, 0.9]))),
            ("partition", () => new PartitionObjective(new PartitionOptions { NumQuantiles = 3 }, RandomStep.MaxLength)),
        ];
        foreach (var (name, make) in comparisons) AssertSplitDoesNotMatter(seed, new Random(seed), make, $"seed {seed}, {name}");
    }

    private static void AssertSplitDoesNotMatter(int seed, Random random, Func<IObjective> make, string message, bool looksAhead = false)
    {
        var (first, second) = (RandomStep.Of(seed, 6, 11, 5), RandomStep.Of(seed + 1, 6, 9, 5));
        if (looksAhead) (first, second) = (first.WithLookAheads(seed), second.WithLookAheads(seed + 1));
        using var whole = make();
        using var left = make();
        using var right = make();
        foreach (var step in new[] { first, second })
        {
            var expected = StepRunner.Run([whole], [[step]]).Single();
            var sizes = (A: random.Next(1, 3), B: random.Next(1, 3));
            var (a, b, c) = (
                step.Part(0, sizes.A, random.Next(5)), step.Part(sizes.A, sizes.B, random.Next(5)),
                step.Part(sizes.A + sizes.B, 6 - sizes.A - sizes.B, random.Next(5)));

            var losses = StepRunner.Run([left, right], [[a, b], [c]]);

            var length = step.StudentLogits.shape[1];
            var gradient = cat(losses.Select(loss => loss.Gradient.narrow(1, 0, length)).ToArray(), 0);
            // Without a clip weights reach the thousands, so the bound is relative to the largest element.
            var size = expected.Gradient.abs().max();
            Near.Assert(gradient / size, expected.Gradient / size, 1e-12, message);
            AssertSame(whole.Figures, FigureTable.Of(whole, losses), FigureTable.Of(whole, expected));
            AssertPaddingHasNone(losses, length);
        }
    }

    private static LhtsOptions Options(Random random)
    {
        var baseline = Enum.GetValues<BaselineKind>()[random.Next(5)];
        return CommonOptions(random) with
        {
            Baseline = baseline,
            Tail = baseline == BaselineKind.Learned ? Enum.GetValues<TailKind>()[random.Next(2)] : TailKind.Drop,
        };
    }

    private static LhtsOptions CommonOptions(Random random) => new()
    {
        Horizon = random.Next(3) == 0 ? null : random.Next(1, 8),
        Clip = random.Next(3) == 0 ? null : 0.5,
        HeadTrace = random.Next(3) * 0.5,
        Control = Enum.GetValues<ControlKind>()[random.Next(2)],
        KlDirection = Enum.GetValues<KlDirection>()[random.Next(2)],
        Beta = random.Next(2) * 0.05,
        NormalisePerTemperature = random.Next(2) == 0,
        RunningMeanDecay = random.Next(2) == 0 ? 1 : 0.9,
    };

    private static LhtsObjective Objective(LhtsOptions options) =>
        new(options, RandomStep.MaxLength, TemperatureBins.OfList([0.5, 0.9]), hiddenSize: 3);

    private static void AssertSame(IReadOnlyList<Figure> figures, FigureTable actual, FigureTable expected)
    {
        foreach (var figure in figures)
        {
            var (found, value) = (actual[figure], expected[figure]);
            if (value is not { } number || !double.IsFinite(number)) Assert.That(found, Is.EqualTo(value), figure.Key);
            else Assert.That(found, Is.EqualTo(number).Within(1e-10 * (1 + Math.Abs(number))), figure.Key);
        }
    }

    private static void AssertPaddingHasNone(IEnumerable<ObjectiveLoss> losses, long length)
    {
        foreach (var gradient in losses.Select(loss => loss.Gradient))
        {
            var padding = gradient.narrow(1, length, gradient.shape[1] - length);
            if (padding.numel() > 0) Assert.That(padding.abs().max().cpu().item<double>(), Is.Zero);
        }
    }
}
