using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests;

/// <summary>Positions that weights look at and no loss counts.</summary>
public sealed class LookAheadTests : TensorTest
{
    private const int NumScored = 6;
    private const int LookAhead = 3;

    private static readonly TemperatureBins Bins = TemperatureBins.OfList([0.5, 0.9]);

    [Test]
    public void Weight_WithTheHorizonLookedAheadAt_IsThatOfTheWholeSequence(
        [Values(BaselineKind.None, BaselineKind.Mean, BaselineKind.Index, BaselineKind.IndexToken, BaselineKind.Learned)] BaselineKind kind)
    {
        var whole = Step();
        using var objective = Objective(new LhtsOptions { Horizon = LookAhead + 1, Clip = null, Baseline = kind });
        objective.Observe(whole.Batch, whole.Teacher);
        objective.Commit();
        var piece = PieceOf(whole, LookAhead);

        var weights = objective.WeightsOf(piece.Batch, piece.Teacher).Weights;

        Near.Assert(weights.narrow(1, 0, NumScored), objective.WeightsOf(whole.Batch, whole.Teacher).Weights.narrow(1, 0, NumScored), 1e-12, "weights");
        Assert.That(weights.narrow(1, NumScored, LookAhead).Values(), Is.All.Zero);
    }

    [Test]
    public void RunningMeans_OfPieces_LeaveOutSumsThatAreNotWhole()
    {
        var whole = Step();
        var piece = PieceOf(whole, LookAhead);
        foreach (var kind in new[] { BaselineKind.Index, BaselineKind.IndexToken })
        {
            using var ofWhole = new RunningMeanBaseline(kind, LookAhead + 1, RandomStep.MaxLength);
            using var ofPieces = new RunningMeanBaseline(kind, LookAhead + 1, RandomStep.MaxLength);
            ofWhole.Observe(WeightInputs.Of(whole.Batch, whole.Teacher));
            ofPieces.Observe(WeightInputs.Of(piece.Batch, piece.Teacher));
            ofWhole.Commit();
            ofPieces.Commit();
            var known = kind == BaselineKind.IndexToken ? NumScored + LookAhead : NumScored; // lp is known of all that is read
            Near.Assert(ofPieces.Mean.Mean.narrow(0, 0, known), ofWhole.Mean.Mean.narrow(0, 0, known), 1e-12, $"{kind}");
            Assert.That(ofPieces.Mean.Sum.narrow(0, known, RandomStep.MaxLength - known).Values(), Is.All.Zero);
        }
    }

    [Test]
    public void Loss_OfAPiece_HasNothingOfItsLookAhead()
    {
        var piece = PieceOf(Step(), LookAhead);
        var options = new LhtsOptions { Horizon = LookAhead + 1, Beta = 0.3, NormalisePerTemperature = true };
        using var objective = Objective(options);
        var loss = StepRunner.Run([objective], [[piece]]).Single();
        Assert.That(loss.Gradient.narrow(1, NumScored, LookAhead).Values(), Is.All.Zero);
        Assert.That(FigureTable.Of(objective, loss).Total(FigureColumn.Tokens), Is.EqualTo(NumScored * piece.Batch.Mask.shape[0]));

        // Nor does what the student says there matter.
        using var again = Objective(options);
        var (scored, ahead) = (piece.StudentLogits.narrow(1, 0, NumScored), piece.StudentLogits.narrow(1, NumScored, LookAhead));
        var other = piece with { StudentLogits = cat([scored, ahead * -2], 1) };
        Near.Assert(StepRunner.Run([again], [[other]]).Single().Gradient, loss.Gradient, 0, "gradient");
    }

    /// <summary>D makes the mean weight 1 wherever the next prefix is known, whatever the head says, though documents go on behind their pieces.</summary>
    [TestCase(NumScored + LookAhead)] // the border is the last position there can be
    [TestCase(RandomStep.MaxLength)]
    public void Prior_OfPieces_MakesTheMeanWeightsOne(int maxLength)
    {
        var options = new LhtsOptions { Horizon = 1, Clip = null, Baseline = BaselineKind.Learned, Tail = TailKind.Bootstrap, HeadErrorBound = 100 };
        using var baseline = new LearnedBaseline(options, maxLength, hiddenSize: 3);
        using (no_grad())
        {
            foreach (var (_, parameter) in baseline.Parameters) parameter.normal_(0, 0.7);
        }

        var piece = PieceOf(Step(), LookAhead);
        var batch = piece.Batch with { Temperatures = full_like(piece.Batch.Temperatures, 0.5) };
        var inputs = WeightInputs.Of(batch, piece.Teacher);
        baseline.Observe(inputs);
        baseline.Commit();

        var means = baseline.LogWeights(inputs).exp().mean([0]).narrow(0, 0, NumScored + LookAhead - 1);
        Near.Assert(means, ones_like(means), 1e-9, "mean weights");
    }

    [Test]
    public void Head_OfAPiece_IsNotToldThatTheDocumentEndsAtItsBorder()
    {
        // A head that is right for a chain of equal tokens: b is lp * a * what is left, far from 0 at the border.
        var options = new LhtsOptions { Horizon = 2, Clip = null, Baseline = BaselineKind.Learned, Tail = TailKind.Bootstrap, HeadWidth = 0, HeadTrace = 1 };
        using var baseline = new LearnedBaseline(options, maxLength: 8, hiddenSize: 1);
        using (no_grad())
        {
            baseline.Parameters.First(entry => entry.Name == "head.output.weight").Parameter.copy_(tensor(new[] { -1f, 0f }).unsqueeze(0));
        }

        var left = (20 - arange(8, dtype: ScalarType.Float32)).reshape(1, 8, 1); // 20 tokens left at the first position, 13 at the last
        var batch = new ObjectiveBatch(
            zeros(1, 8, dtype: ScalarType.Int64), arange(8).lt(6).unsqueeze(0), full(1, 0.5, dtype: ScalarType.Float64))
        {
            LookAhead = arange(8).ge(6).unsqueeze(0),
        };
        var inputs = WeightInputs.Of(batch, new(full(1, 8, -1.0, dtype: ScalarType.Float64), HiddenStates: left));

        Near.Assert(baseline.LogWeights(inputs).narrow(1, 0, 6), zeros(1, 6, dtype: ScalarType.Float64), 1e-6, "log weights");
        Near.Assert(baseline.AuxiliaryLoss(inputs)!.narrow(1, 0, 6), zeros(1, 6, dtype: ScalarType.Float64), 1e-6, "errors");
    }

    private static LhtsObjective Objective(LhtsOptions options) => new(options, RandomStep.MaxLength, Bins, hiddenSize: 3);

    /// <summary>Four sequences of full length.</summary>
    private static RandomStep Step()
    {
        var step = RandomStep.Of(seed: 7, numSequences: 4, length: 12, numTokens: 5);
        return step with { Batch = step.Batch with { Mask = ones_like(step.Batch.Mask) } };
    }

    /// <summary>Its first positions as a piece: some count, the rest are looked ahead at.</summary>
    private static RandomStep PieceOf(RandomStep step, int lookAhead)
    {
        var length = NumScored + lookAhead;
        Tensor Cut(Tensor values) => values.narrow(1, 0, length);
        var isScored = arange(length).unsqueeze(0).lt(NumScored).expand(step.Batch.Mask.shape[0], length);
        return new(
            new(Cut(step.Batch.Targets), isScored, step.Batch.Temperatures) { LookAhead = isScored.logical_not() },
            Cut(step.StudentLogits), new(Cut(step.Teacher.LogProbs), Cut(step.Teacher.Logits!), Cut(step.Teacher.HiddenStates!)));
    }
}
