using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests.Reference;

/// <summary>Agreement with the authors' released code (see Data/README.md) on both batches, the baseline going on from the first to the second.</summary>
public sealed class ReferenceParityTests : TensorTest
{
    [TestCaseSource(typeof(ReferenceCase), nameof(ReferenceCase.WithWeights))]
    public void Weights_OfBothBatches_AreTheReleasedCodes(ReferenceCase reference)
    {
        using var baseline = new RunningMeanBaseline(BaselineKind.IndexToken, reference.Horizon, maxLength: 31);
        for (var index = 0; index < 2; index++)
        {
            var batch = reference.Batch(index);
            var inputs = WeightInputs.Of(batch, ReferenceCase.Teacher(index));
            baseline.Observe(inputs);
            baseline.Commit();

            var weights = LhtsWeights.Of(inputs, baseline, clip: 3);

            var valid = batch.Mask.to(ScalarType.Float32);
            Near.Assert(weights.LogWeights, reference[index, "wt_raw"] * valid, 1e-5, "log weights");
            Near.Assert(weights.Clipped, reference[index, "wt_clamped"] * valid, 1e-5, "clipped log weights");
            // Weights go up to e^3 = 20 and float32 has 24 bits, so the bound is relative.
            var released = reference[index, "weight"] * valid;
            Near.Assert(weights.Weights / (released + 1), released / (released + 1), 1e-5, "weights");
            Near.Assert(baseline.Mean.Count, ReferenceCase.Read($"batch{index}.baseline_cnt"), 1e-5, "counts");
            Near.Assert(baseline.Mean.Sum, ReferenceCase.Read($"batch{index}.baseline_sum"), 1e-5, "sums");
            Near.Assert(baseline.Mean.Mean, ReferenceCase.Read($"batch{index}.baseline"), 1e-5, "baseline");
        }
    }

    [TestCaseSource(typeof(ReferenceCase), nameof(ReferenceCase.WithLosses))]
    public void Loss_OfBothBatches_IsTheReleasedCodes(ReferenceCase reference)
    {
        using var objective = new LhtsObjective(reference.Options, maxLength: 31);
        for (var index = 0; index < 2; index++)
        {
            var (loss, _) = Step(objective, reference, index);

            var summary = FigureTable.Of(objective, loss);
            var expected = reference[index, "scalars.f64"].Values();
            Assert.That(summary[LossFigures.Likelihood], Is.EqualTo(expected[0]).Within(1e-5), "loss");
            Assert.That(summary[LossFigures.Kl] * reference.Beta, Is.EqualTo(expected[1]).Within(1e-5), "KL");
            Assert.That(summary[LossFigures.Loss], Is.EqualTo(expected[2]).Within(1e-5), "total");
            Assert.That(summary.Total(FigureColumn.Tokens), Is.EqualTo(expected[4]), "positions");
        }
    }

    [TestCaseSource(typeof(ReferenceCase), nameof(ReferenceCase.WithWeights))]
    public void Gradient_AtTheLastBias_IsTheReleasedCodes(ReferenceCase reference)
    {
        using var objective = new LhtsObjective(reference.Options, maxLength: 31);
        for (var index = 0; index < 2; index++)
        {
            var (loss, batch) = Step(objective, reference, index);

            var atHidden = loss.Gradient.matmul(ReferenceCase.Read("student.wte")); // (B, L, D)
            var atBias = atHidden.sum(new long[] { 0, 1 }) / objective.CountIn(batch); // (D)
            Near.Assert(atBias, reference[index, "grad.ln_f.bias"], 1e-5, "gradient");
        }
    }

    [TestCaseSource(typeof(ReferenceCase), nameof(ReferenceCase.WithWeights))]
    public void ClipFraction_OverValidPositions_CountsTheReleasedCodesClippedEntries(ReferenceCase reference)
    {
        using var objective = new LhtsObjective(reference.Options, maxLength: 31);
        for (var index = 0; index < 2; index++)
        {
            var (loss, batch) = Step(objective, reference, index);

            var clipped = reference[index, "wt_raw"].gt(tensor(3f)).logical_and(batch.Mask).sum().cpu().item<long>();
            var summary = FigureTable.Of(objective, loss);
            Assert.That(summary[WeightFigures.ClipFraction] * summary.Total(FigureColumn.Tokens), Is.EqualTo((double)clipped).Within(1e-9));
        }
    }

    [Test]
    public void Divergence_OfBothBatches_IsTheReleasedCodes()
    {
        for (var index = 0; index < 2; index++)
        {
            var batch = new ReferenceCase(0.5, 8, 0.05).Batch(index);
            var nothing = zeros(4, 31);
            var divergence = new TokenDivergence(ReferenceCase.Logits(index, "teacher"), nothing, KlDirection.StudentTeacher);

            var head = TokenHead.Differentiate(ReferenceCase.Logits(index, "student"), batch.Targets, nothing, divergence);

            Near.Assert(head.Kl!, ReferenceCase.Read($"batch{index}.kl_student_teacher"), 1e-5, "KL");
            Near.Assert(head.LogProbs, ReferenceCase.Read($"batch{index}.student_logp"), 1e-5, "student log-probs");
        }
    }

    private static (ObjectiveLoss Loss, ObjectiveBatch Batch) Step(LhtsObjective objective, ReferenceCase reference, int index)
    {
        var batch = reference.Batch(index);
        var teacher = ReferenceCase.Teacher(index);
        objective.Observe(batch, teacher);
        Assert.That(objective.Commit(), Is.False);
        var loss = objective.Loss(batch, ReferenceCase.Logits(index, "student"), teacher);
        objective.EndStep();
        return (loss, batch);
    }
}
