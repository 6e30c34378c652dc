using Lhts.Extensions;
using Lhts.Testing;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests;

// B 3 sequences, L 5 positions, E 8, V given.

/// <summary>The head from hidden states against autograd over all logits: log-probs, divergences and both derivatives.</summary>
public sealed class LinearHeadTests : TensorTest
{
    private const double InFloat64 = 1e-12;
    private const double InFloat32 = 1e-5;

    [Test]
    public void Head_OfStates_IsAutograds(
        [Values(ScalarType.Float32, ScalarType.Float64)] ScalarType type, [Values] KlDirection direction, [Values(7, 16, 2500)] long vocabulary,
        [Values] bool hasFactors)
    {
        manual_seed(vocabulary);
        var states = randn([3, 5, 8], type, requires_grad: true);
        using var weight = new Parameter(randn([vocabulary, 8], type));
        var (teacherStates, teacherWeight, bias) = (randn([3, 5, 8], type), randn([vocabulary, 8], type), randn([vocabulary], type));
        var batch = new ObjectiveBatch(randint(0, vocabulary, [3, 5]), rand(3, 5).gt(0.3), ones(3));
        var (scale, factors) = (rand([3, 5], ScalarType.Float64), hasFactors ? rand([3, 5], ScalarType.Float64) + 0.5 : null);
        var kept = batch.Mask.to(ScalarType.Float64);
        var divergence = new TokenDivergence(teacherStates, scale * kept, direction) { Head = new(teacherWeight), InverseTemperatures = factors };

        var student = new StudentStates(states, _ => throw new InvalidOperationException("all logits are asked for")) { Linear = new(weight, bias) };
        var head = TokenHead.Differentiate(student.Root(), student, batch, scale, divergence);

        var (logQ, logP) = (LogSoftmax(states, weight, bias), LogSoftmax(teacherStates, teacherWeight, null, factors));
        var chosen = logQ.gather(2, batch.Targets.unsqueeze(2)).squeeze(2) * kept;
        var of = direction == KlDirection.StudentTeacher ? logQ.exp() * (logQ - logP) : logP.exp() * (logP - logQ);
        var kl = of.sum(dim: 2) * kept;
        ((kl - chosen) * scale).sum().backward();
        var bound = type == ScalarType.Float64 ? InFloat64 : InFloat32;
        AssertNear(head.LogProbs, chosen, bound, "log-probs");
        AssertNear(head.Kl!, kl, bound, "KL");
        AssertNear(head.Gradient, states.grad!, bound, "gradient by states");
        AssertNear(head.WeightGradient!, weight.grad!, bound, "gradient by the weight");
        AssertNear(TokenHead.LogProbs(states, new(weight, bias), batch.Targets, batch.Mask), chosen, bound, "log-probs alone");
    }

    [Test]
    public void Head_WithAControl_IsThatOfTheLogits([Values(ScalarType.Float32, ScalarType.Float64)] ScalarType type, [Values(null, 0.1)] double? clip)
    {
        manual_seed(3);
        var (states, weight) = (randn([3, 5, 8], type), randn([40, 8], type));
        var batch = new ObjectiveBatch(randint(0, 40, [3, 5]), ones([3, 5], ScalarType.Bool), ones(3));
        var control = new TokenControl(-rand([3, 5], ScalarType.Float64) * 4, rand([3, 5], ScalarType.Float64), clip);
        var scale = rand([3, 5], ScalarType.Float64);

        var student = new StudentStates(states, _ => states) { Linear = new(weight) };
        var head = TokenHead.Differentiate(student.Root(), student, batch, scale, divergence: null, control);

        var wide = weight.to(ScalarType.Float64);
        var exact = TokenHead.Differentiate(states.to(ScalarType.Float64).matmul(wide.transpose(0, 1)), batch.Targets, scale, null, control);
        AssertNear(head.Gradient, exact.Gradient.matmul(wide), type == ScalarType.Float64 ? InFloat64 : InFloat32, "gradient");
    }

    [Test]
    public void Row_WhateverStandsBesideIt_IsTheSameToTheBit()
    {
        manual_seed(4);
        var (logits, targets) = (randn([1, 40, 333]), randint(0, 333, [1, 40]));
        var all = TokenHead.Differentiate(logits, targets, ones(1, 40), divergence: null);
        var one = TokenHead.Differentiate(logits.narrow(1, 17, 1), targets.narrow(1, 17, 1), ones(1, 1), divergence: null);
        Near.Assert(one.Gradient, all.Gradient.narrow(1, 17, 1), 0, "gradient");
        Near.Assert(one.LogProbs, all.LogProbs.narrow(1, 17, 1), 0, "log-probs");
    }

    [Test]
    public void Head_OfNotANumberAndFarApartLogits_SaysSo()
    {
        var logits = zeros(1, 2, 20);
        logits[0, 0, 3] = tensor(float.NaN);
        logits[0, 1, 4] = tensor(-1e9f);
        logits[0, 1, 5] = tensor(3e4f);
        var head = TokenHead.Differentiate(logits, tensor(new long[] { 1, 5 }).view(1, 2), ones(1, 2), divergence: null);
        Assert.That(head.LogProbs.data<float>().ToArray(), Is.EqualTo(new[] { float.NaN, 0 }));
        Assert.That(head.Gradient[0, 0].data<float>().ToArray(), Is.All.NaN);
        Assert.That(head.Gradient[0, 1].abs().max().item<float>(), Is.Zero);
    }

    [Test]
    public void Loss_WithAWeightShared_AddsBothGradients()
    {
        manual_seed(5);
        using var weight = new Parameter(randn([9, 8], ScalarType.Float64));
        var tokens = randint(0, 9, [3, 5]);
        var batch = new ObjectiveBatch(randint(0, 9, [3, 5]), ones([3, 5], ScalarType.Bool), ones(3));
        var objective = new MleObjective();
        Tensor GradientOf(bool isLinear)
        {
            weight.grad = null;
            for (var pass = 0; pass < 2; pass++)
            {
                var states = weight.index_select(0, tokens.reshape(-1)).view(3, 5, 8) * 0.5;
                var student = new StudentStates(states, s => nn.functional.linear(s, weight)) { Linear = isLinear ? new(weight) : null };
                objective.Loss(batch, student, null).Backward(0.25);
            }

            return weight.grad!.clone();
        }

        Near.Assert(GradientOf(isLinear: true), GradientOf(isLinear: false), InFloat64, "gradient of embedding and head");
    }

    [Test]
    public void Head_OfBfloat16Factors_RoundsThemAndNoSum()
    {
        manual_seed(6);
        var (states, weight) = (randn(2, 10, 64) * 3, randn(300, 64));
        var batch = new ObjectiveBatch(randint(0, 300, [2, 10]), ones([2, 10], ScalarType.Bool), ones(2));
        var student = new StudentStates(states, s => s) { Linear = new(weight) { Type = ScalarType.BFloat16 } };

        var head = TokenHead.Differentiate(states, student, batch, ones(2, 10), divergence: null);

        static Tensor Rounded(Tensor values) => values.to(ScalarType.BFloat16).to(ScalarType.Float64);
        var exact = TokenHead.Differentiate(Rounded(states).matmul(Rounded(weight).transpose(0, 1)), batch.Targets, ones(2, 10), divergence: null);
        // Where only libtorch's products are to be had their results are rounded as well: logits here are up to 100.
        var bound = NarrowProducts.Take(ScalarType.BFloat16, DeviceType.CPU) ? 1e-5 : 1e-2;
        AssertNear(head.LogProbs, exact.LogProbs, bound, "log-probs");
        AssertNear(head.Gradient, exact.Gradient.matmul(Rounded(weight)), 1e-2, "gradient by states");
    }

    private static Tensor LogSoftmax(Tensor states, Tensor weight, Tensor? bias, Tensor? factors = null)
    {
        var logits = nn.functional.linear(states, weight, bias);
        return (factors is null ? logits : logits * factors.unsqueeze(2).to(logits.dtype)).log_softmax(2);
    }

    private static void AssertNear(Tensor actual, Tensor expected, double bound, string what) =>
        Assert.That(((actual - expected).abs().max() / expected.abs().max()).to(ScalarType.Float64).item<double>(), Is.LessThan(bound), what);
}
