using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests;

/// <summary>The written-out derivative against autograd.</summary>
public sealed class TokenHeadTests : TensorTest
{
    [SetUp]
    public void Seed() => manual_seed(1);

    [TestCase(KlDirection.StudentTeacher)]
    [TestCase(KlDirection.TeacherStudent)]
    public void Gradient_WithDivergence_IsAutograds(KlDirection direction)
    {
        var (logits, teacher, targets, likelihood, divergence) = Inputs(ScalarType.Float64);

        var head = TokenHead.Differentiate(logits, targets, likelihood, new TokenDivergence(teacher, divergence, direction));

        var logQ = logits.log_softmax(2);
        var logP = teacher.log_softmax(2);
        var chosen = logQ.gather(2, targets.unsqueeze(2)).squeeze(2);
        var kl = direction == KlDirection.StudentTeacher ? (logQ.exp() * (logQ - logP)).sum(dim: 2) : (logP.exp() * (logP - logQ)).sum(dim: 2);
        (kl * divergence - chosen * likelihood).sum().backward();
        Near.Assert(head.LogProbs, chosen, 1e-12, "log-probs");
        Near.Assert(head.Kl!, kl, 1e-12, "KL");
        Near.Assert(head.Gradient, logits.grad!, 1e-12, "gradient");
    }

    [Test]
    public void Gradient_WithoutDivergence_IsAutograds()
    {
        var (logits, _, targets, likelihood, _) = Inputs(ScalarType.Float64);

        var head = TokenHead.Differentiate(logits, targets, likelihood, divergence: null);

        (-logits.log_softmax(2).gather(2, targets.unsqueeze(2)).squeeze(2) * likelihood).sum().backward();
        Assert.That(head.Kl, Is.Null);
        Near.Assert(head.Gradient, logits.grad!, 1e-12, "gradient");
    }

    [TestCase(null)]
    [TestCase(0.1)]
    public void Gradient_WithAControl_IsOfTheRemainingWeights(double? clip)
    {
        var (logits, teacher, targets, likelihood, scale) = Inputs(ScalarType.Float64);
        var logP = TokenHead.LogProbs(teacher, targets);

        var head = TokenHead.Differentiate(logits, targets, likelihood, divergence: null, new TokenControl(logP, scale, clip));

        var ratio = TokenHead.LogProbs(logits, targets) - logP;
        var weights = likelihood - scale * (clip is { } bound ? ratio.clamp_max(bound) : ratio).exp();
        Near.Assert(head.Gradient, TokenHead.Differentiate(logits, targets, weights, divergence: null).Gradient, 1e-12, "gradient");
    }

    [Test]
    public void Gradient_OfAWideVocabulary_IsTheSameInSlices()
    {
        // 1,200,000 tokens leave one row to a slice.
        var logits = randn(1, 3, 1_200_000, dtype: ScalarType.Float32);
        var targets = tensor(new long[] { 5, 1_199_999, 0 }).reshape(1, 3);

        var head = TokenHead.Differentiate(logits, targets, ones(1, 3), divergence: null);

        var expected = logits.softmax(2);
        expected.scatter_add_(2, targets.unsqueeze(2), full(new long[] { 1, 3, 1 }, -1f, dtype: ScalarType.Float32));
        Assert.That((head.Gradient - expected).abs().max().cpu().item<float>(), Is.LessThan(1e-7f));
        Near.Assert(TokenHead.LogProbs(logits, targets), head.LogProbs, 0, "log-probs");
    }

    [Test]
    public void Gradient_OfBfloat16Logits_IsSummedInFloat32()
    {
        var (logits, teacher, targets, likelihood, divergence) = Inputs(ScalarType.Float32);
        var narrow = logits.detach().to(ScalarType.BFloat16);

        var head = TokenHead.Differentiate(narrow, targets, likelihood, new TokenDivergence(teacher, divergence, KlDirection.StudentTeacher));

        var wide = TokenHead.Differentiate(
            narrow.to(ScalarType.Float32), targets, likelihood, new TokenDivergence(teacher, divergence, KlDirection.StudentTeacher));
        Assert.That(head.Gradient.dtype, Is.EqualTo(ScalarType.BFloat16));
        Assert.That(head.LogProbs.dtype, Is.EqualTo(ScalarType.Float32));
        Near.Assert(head.LogProbs, wide.LogProbs, 0, "log-probs");
        Near.Assert(head.Gradient, wide.Gradient.to(ScalarType.BFloat16), 0, "gradient");
    }

    private static (Tensor Logits, Tensor Teacher, Tensor Targets, Tensor Likelihood, Tensor Divergence) Inputs(ScalarType type) => (
        randn(2, 3, 7, dtype: type, requires_grad: true), randn(2, 3, 7, dtype: type),
        tensor(new long[] { 0, 6, 2, 3, 3, 1 }).reshape(2, 3), rand(2, 3, dtype: type), rand(2, 3, dtype: type));
}
