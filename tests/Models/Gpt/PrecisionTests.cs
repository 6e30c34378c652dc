using Lhts.Models.Gpt;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests.Gpt;

/// <summary>Products in bfloat16 under float32 weights.</summary>
public sealed class PrecisionTests : TensorTest
{
    private static readonly Gpt2Config Config = new()
    {
        NumLayers = 3, EmbeddingSize = 64, NumHeads = 4, VocabularySize = 20, NumPositions = 16,
        ResidualDropout = 0, EmbeddingDropout = 0, AttentionDropout = 0,
    };

    [Test]
    public void States_InBfloat16_AreFloat32AndNearThoseOfFloat32()
    {
        using var model = new Gpt2(Config, new Generator(1));
        var tokens = randint(0, 20, [2, 12]);
        using var noGrad = no_grad();
        var (narrow, wide) = (model.Hidden(tokens, null, Precision.Bfloat16), model.Hidden(tokens, null, Precision.Float32));

        Assert.That(narrow.dtype, Is.EqualTo(ScalarType.Float32));
        Assert.That((narrow - wide).norm().item<float>() / wide.norm().item<float>(), Is.LessThan(0.02).And.GreaterThan(0));
        TensorAssert.AreSame(wide, model.Hidden(tokens));
        TensorAssert.AreSame(model.Hidden(tokens), wide, "after the region");
    }

    [Test]
    public void Gradients_InBfloat16_AreFloat32AndTheSameWithCheckpointing()
    {
        using var model = new Gpt2(Config, new Generator(1));
        var tokens = randint(0, 20, [2, 12]);
        var (plain, checkpointed) = (Gradients(model, tokens, isCheckpointed: false), Gradients(model, tokens, isCheckpointed: true));
        foreach (var (name, gradient) in plain)
        {
            Assert.That(gradient.dtype, Is.EqualTo(ScalarType.Float32), name);
            TensorAssert.AreSame(checkpointed[name], gradient, name);
        }
    }

    private static Dictionary<string, Tensor> Gradients(Gpt2 model, Tensor tokens, bool isCheckpointed)
    {
        model.UsesCheckpointing = isCheckpointed;
        model.zero_grad();
        model.Hidden(tokens, null, Precision.Bfloat16).square().mean().backward();
        return model.named_parameters().Where(p => p.Item2.grad is not null).ToDictionary(p => p.Item1, p => p.Item2.grad!.clone());
    }
}
