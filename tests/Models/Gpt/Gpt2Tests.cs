using Lhts.Models.Gpt;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests.Gpt;

/// <summary>Initial weights, dropout and memory.</summary>
public sealed class Gpt2Tests : TensorTest
{
    private static readonly Gpt2Config Small = new()
    {
        NumLayers = 3, EmbeddingSize = 64, NumHeads = 4, VocabularySize = 50, NumPositions = 40, ResidualDropout = 0.2, EmbeddingDropout = 0.2,
        AttentionDropout = 0.2,
    };

    [Test]
    public void Weights_OfANewModel_HaveTheDeviationsOfGpt2()
    {
        using var model = new Gpt2(Small, new Generator(3));
        var weights = model.named_parameters().ToDictionary(pair => pair.Item1, pair => pair.Item2);

        // Tolerances: six standard errors of a deviation estimated from n values, sd / sqrt(2 n).
        Assert.That(Deviation(weights["wte.weight"]), Is.EqualTo(0.02).Within(6 * 0.02 / Math.Sqrt(2 * 50 * 64)));
        Assert.That(Deviation(weights["h.1.attn.c_attn.weight"]), Is.EqualTo(0.02).Within(6 * 0.02 / Math.Sqrt(2 * 64 * 192)));
        var residual = 0.02 / Math.Sqrt(6);
        Assert.That(Deviation(weights["h.2.mlp.c_proj.weight"]), Is.EqualTo(residual).Within(6 * residual / Math.Sqrt(2 * 64 * 256)));
        Assert.That(Deviation(weights["h.0.attn.c_proj.weight"]), Is.EqualTo(residual).Within(6 * residual / Math.Sqrt(2 * 64 * 64)));
        Assert.That(weights["h.0.ln_1.weight"].data<float>().ToArray(), Is.All.EqualTo(1f));
        Assert.That(weights.Where(pair => pair.Key.EndsWith(".bias", StringComparison.Ordinal)).SelectMany(pair => pair.Value.data<float>().ToArray()),
            Is.All.EqualTo(0f));
    }

    [Test]
    public void Weights_OfTheSameSeed_AreTheSame()
    {
        using var one = new Gpt2(Small, new Generator(3));
        using var same = new Gpt2(Small, new Generator(3));
        using var other = new Gpt2(Small, new Generator(4));

        TensorAssert.AreSame(one.TokenEmbedding, same.TokenEmbedding);
        Assert.That(TensorAssert.MaxDifference(one.TokenEmbedding, other.TokenEmbedding), Is.GreaterThan(0));
    }

    [Test]
    public void Constructor_BadSizes_AreRefused() =>
        Assert.That(() => new Gpt2(Small with { NumHeads = 5 }),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("n_embd 64 is not a multiple of n_head 5"));

    [Test]
    public void Forward_WhileTraining_DropsOut_AndNotWhileEvaluating()
    {
        using var noGrad = no_grad();
        using var model = new Gpt2(Small, new Generator(3));
        var tokens = arange(20, dtype: ScalarType.Int64).view(2, 10);

        Assert.That(TensorAssert.MaxDifference(model.forward(tokens), model.forward(tokens)), Is.GreaterThan(1e-3));
        model.eval();
        TensorAssert.AreSame(model.forward(tokens), model.forward(tokens));
    }

    [Test]
    public void Forward_OfLaterTokens_DoesNotChangeEarlierLogits()
    {
        using var noGrad = no_grad();
        using var model = new Gpt2(Small, new Generator(3));
        model.eval();
        var tokens = arange(20, dtype: ScalarType.Int64).view(2, 10);
        var changed = tokens.clone();
        changed.narrow(1, 6, 4).fill_(49);

        TensorAssert.AreClose(model.forward(changed).narrow(1, 0, 6), model.forward(tokens).narrow(1, 0, 6), 1e-6);
    }

    [Test]
    public void Steps_ForwardAndBackward_LeaveNoTensors()
    {
        using var model = new Gpt2(Small with { TemperatureConditioning = TemperatureConditioning.EveryPosition }, new Generator(3));
        long? first = null;
        for (var i = 0; i < 5; i++)
        {
            using (NewDisposeScope())
            {
                model.Logits(model.Hidden(zeros([2, 5], ScalarType.Int64), ones(2))).mean().backward();
                model.zero_grad();
            }

            first ??= Tensor.TotalCount;
            Assert.That(Tensor.TotalCount, Is.EqualTo(first));
        }
    }

    private static double Deviation(Tensor weights) => weights.std(unbiased: false).item<double>();
}
