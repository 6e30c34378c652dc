using Lhts.Testing;
using TorchSharp;
using TorchSharp.Native;
using static TorchSharp.torch;

namespace Lhts.Torch.Tests;

/// <summary>Modules, element types and modes.</summary>
public sealed class LayerTests : TensorTest
{
    [Test]
    public void Embedding_MadeBetweenDraws_MovesNone()
    {
        manual_seed(4).Dispose();
        var expected = rand(3).data<float>().ToArray();
        manual_seed(4).Dispose();

        using var one = nn.Embedding(40, 50);
        using var other = nn.Embedding(40, 50);

        Assert.That(rand(3).data<float>().ToArray(), Is.EqualTo(expected));
        Assert.That((one.weight * one.weight).mean().item<float>(), Is.EqualTo(1).Within(0.1));
        Assert.That((one.weight - other.weight).abs().max().item<float>(), Is.GreaterThan(1), "each has rows of its own");
    }

    [Test]
    public void GetParameter_OfAFullName_IsThatParameter()
    {
        using var list = new TorchSharp.Modules.ModuleList<nn.Module>(nn.Linear(2, 3), nn.LayerNorm(4));
        Assert.That(list.get_parameter("1.bias"), Is.SameAs(list.named_parameters().Last().parameter));
        foreach (var name in new[] { "1.weights", "1", "" }) Assert.That(list.get_parameter(name), Is.Null, name);
    }

    [Test]
    public void SmallerTypes_HoldAndConvertTheirValues()
    {
        var x = tensor(new float[] { 1, 1.00390625f, 65536, 3.14159f });
        Assert.Multiple(() =>
        {
            Assert.That(x.half().dtype, Is.EqualTo(float16));
            Assert.That(x.half().@float().data<float>().ToArray(), Is.EqualTo(new[] { 1, 1.00390625f, float.PositiveInfinity, 3.140625f }));
            Assert.That(x.bfloat16().dtype, Is.EqualTo(bfloat16));
            Assert.That(x.bfloat16().@float().data<float>().ToArray(), Is.EqualTo(new[] { 1, 1, 65536, 3.140625f }));
            Assert.That(x.bfloat16().element_size(), Is.EqualTo(2));
            Assert.That(ones([2, 3], bfloat16).matmul(ones([3, 2], bfloat16)).@float().data<float>().ToArray(), Is.All.EqualTo(3f));
            Assert.That(x.half().data<Half>()[3], Is.EqualTo((Half)3.14159f));
            Assert.That(x.to(ones([1], float64)).dtype, Is.EqualTo(float64));
        });
    }

    [Test]
    public void InferenceMode_WhileOpen_MakesTensorsThatEnterNoGraph()
    {
        var weight = ones([2], requires_grad: true);
        Tensor y;
        using (inference_mode())
        {
            Assert.That(is_inference_mode_enabled(), Is.True);
            y = weight * 2;
        }

        Assert.That(is_inference_mode_enabled(), Is.False);
        Assert.That(y.requires_grad, Is.False);
        Assert.That(() => (weight * y).sum().backward(), Throws.TypeOf<TorchException>().With.Message.Contains("Inference tensors"));
    }

    [Test]
    public void PinnedMemory_WithoutACudaDevice_IsATypedErrorAndNothingIsPinned()
    {
        if (cuda.is_available())
        {
            Assert.That(ones(3).pin_memory().is_pinned(), Is.True);
            return;
        }

        Assert.That(ones(3).is_pinned(), Is.False);
        Assert.That(() => ones(3).pin_memory(), Throws.TypeOf<TorchException>());
    }

    [Test]
    public void Multinomial_OfOneSeed_RepeatsAndNeverDrawsAZero()
    {
        var weights = tensor(new float[] { 0, 1, 0, 3 });
        using var first = new Generator(5);
        using var second = new Generator(5);
        var drawn = weights.multinomial(400, true, first).data<long>().ToArray();
        Assert.That(weights.multinomial(400, true, second).data<long>().ToArray(), Is.EqualTo(drawn));
        Assert.That(drawn.Distinct(), Is.SubsetOf(new long[] { 1, 3 }));
        Assert.That(drawn.Count(i => i == 3), Is.InRange(250, 350)); // 300 expected, 8.7 the standard deviation
    }

    [Test]
    public void MaskedFillAndScatter_ChangeTheElementsMeant()
    {
        var x = arange(4, dtype: float32);
        Assert.That(x.masked_fill(x.gt(1), -1).data<float>().ToArray(), Is.EqualTo(new float[] { 0, 1, -1, -1 }));
        Assert.That(x.scatter(0, tensor(new long[] { 3, 0 }), tensor(new float[] { 7, 8 })).data<float>().ToArray(), Is.EqualTo(new float[] { 8, 1, 2, 7 }));
        Assert.That(x.scatter_add(0, tensor(new long[] { 1, 1 }), tensor(new float[] { 7, 8 })).data<float>().ToArray(),
            Is.EqualTo(new float[] { 0, 16, 2, 3 }));
        Assert.That(x.view(2, 2).norm(1, p: 1).data<float>().ToArray(), Is.EqualTo(new float[] { 1, 5 }));
        Assert.That(x.lerp(zeros(4), tensor(0.5f)).data<float>().ToArray(), Is.EqualTo(new[] { 0, 0.5f, 1, 1.5f }));
    }

    [Test]
    public void ForeachOperators_OverTensorsOfSeveralShapes_WorkOnEach()
    {
        Tensor[] tensors = [ones(2), ones(3, 3).mul(2)];
        Op.foreach_mul_scalar_.Run(tensors, 3.0);
        var norms = Op.foreach_norm.CallList(tensors, 1.0);
        Assert.That(norms.Select(n => n.item<float>()), Is.EqualTo(new float[] { 6, 54 }));
    }
}
