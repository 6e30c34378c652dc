using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Torch.Tests;

public sealed class OperatorTests : TensorTest
{
    [Test]
    public void Arithmetic_OfTensorsAndNumbers_IsElementwise()
    {
        var x = tensor(new float[] { 1, 2, 4 });
        Assert.Multiple(() =>
        {
            Assert.That((x + 1).data<float>().ToArray(), Is.EqualTo(new[] { 2f, 3, 5 }));
            Assert.That((1 - x).data<float>().ToArray(), Is.EqualTo(new[] { 0f, -1, -3 }));
            Assert.That((x * x).data<float>().ToArray(), Is.EqualTo(new[] { 1f, 4, 16 }));
            Assert.That((8 / x).data<float>().ToArray(), Is.EqualTo(new[] { 8f, 4, 2 }));
            Assert.That((-x).data<float>().ToArray(), Is.EqualTo(new[] { -1f, -2, -4 }));
            Assert.That((x > 1).data<bool>().ToArray(), Is.EqualTo(new[] { false, true, true }));
            Assert.That(x.pow(2).data<float>().ToArray(), Is.EqualTo(new[] { 1f, 4, 16 }));
            Assert.That(x.div(3, RoundingMode.floor).data<float>().ToArray(), Is.EqualTo(new[] { 0f, 0, 1 }));
        });
    }

    [Test]
    public void InPlace_OnATensor_ChangesItAndReturnsTheSameObject()
    {
        var x = tensor(new double[] { 1, 2 });
        var same = x.add_(1).mul_(tensor(new double[] { 2, 3 })).clamp_(max: 8);
        Assert.That(same, Is.SameAs(x));
        Assert.That(x.data<double>().ToArray(), Is.EqualTo(new double[] { 4, 8 }));
    }

    [Test]
    public void Indexing_WithNumbersSlicesAndTensors_MatchesNumPy()
    {
        var x = arange(24, dtype: float32).view(2, 3, 4);
        var rows = tensor(new long[] { 1, 0 });
        Assert.Multiple(() =>
        {
            Assert.That(x[1, 2].data<float>().ToArray(), Is.EqualTo(new[] { 20f, 21, 22, 23 }));
            Assert.That(x[TensorIndex.Ellipsis, TensorIndex.Single(0)].shape, Is.EqualTo(new long[] { 2, 3 }));
            Assert.That(x[.., 1.., ..2].shape, Is.EqualTo(new long[] { 2, 2, 2 }));
            Assert.That(x[.., TensorIndex.Single(-1), ^1].data<float>().ToArray(), Is.EqualTo(new[] { 11f, 23 }));
            Assert.That(x[TensorIndex.Tensor(rows), TensorIndex.Single(0)].data<float>()[0], Is.EqualTo(12f));
            Assert.That(x[TensorIndex.None].shape, Is.EqualTo(new long[] { 1, 2, 3, 4 }));
        });
        x[.., TensorIndex.Slice(1, 2)] = zeros(1);
        Assert.That(x.sum().item<float>(), Is.EqualTo(276 - 4 - 5 - 6 - 7 - 16 - 17 - 18 - 19));
    }

    [Test]
    public void Reductions_OnAMatrix_GiveValuesAndIndices()
    {
        var x = tensor(new double[,] { { 1, 5, 3 }, { 9, 2, 4 } });
        var (values, indices) = x.topk(2);
        Assert.Multiple(() =>
        {
            Assert.That(x.sum(1).data<double>().ToArray(), Is.EqualTo(new double[] { 9, 15 }));
            Assert.That(x.mean([0]).data<double>().ToArray(), Is.EqualTo(new[] { 5, 3.5, 3.5 }));
            Assert.That(x.max(1).indexes.data<long>().ToArray(), Is.EqualTo(new long[] { 1, 0 }));
            Assert.That(values.data<double>().ToArray(), Is.EqualTo(new double[] { 5, 3, 9, 4 }));
            Assert.That(indices.data<long>().ToArray(), Is.EqualTo(new long[] { 1, 2, 0, 2 }));
            Assert.That(x.logsumexp(1).data<double>()[0], Is.EqualTo(Math.Log(Math.Exp(1) + Math.Exp(5) + Math.Exp(3))).Within(1e-12));
            Assert.That(x.cumsum(1).data<double>().ToArray(), Is.EqualTo(new double[] { 1, 6, 9, 9, 11, 15 }));
            Assert.That(x.transpose(0, 1).data<double>().ToArray(), Is.EqualTo(new double[] { 1, 9, 5, 2, 3, 4 }));
        });
    }

    [Test]
    public void ListOperators_SplitAndCat_RoundTrip()
    {
        var x = randn(4, 6);
        Assert.That(cat(x.split(2, 1), 1).allclose(x), Is.True);
        Assert.That(stack(x.unbind()).allclose(x), Is.True);
        Assert.That(x.chunk(3, 1), Has.Length.EqualTo(3));
    }

    [Test]
    public void Failure_OfAnOperator_NamesTheOperatorAndShapes()
    {
        var error = Assert.Throws<TorchException>(() => ones(2, 3).matmul(ones(4, 5)));
        Assert.That(error!.Message, Does.Contain("aten::matmul(Float32[2x3], Float32[4x5])").And.Contain("mat1 and mat2 shapes cannot be multiplied"));
        Assert.That(error.Message, Does.Not.Contain("\n"));
        Assert.That(Assert.Throws<TorchException>(() => ones(2).select(0, 5))!.Kind, Is.EqualTo(TorchError.IndexError));
    }

    [Test]
    public void DisposedTensor_InACall_IsAnExceptionAndNotACrash()
    {
        var x = ones(2);
        x.Dispose();
        x.Dispose();
        Assert.That(() => x.add(1), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => ones(2).add(x), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Attention_ComposedCausally_MatchesTheSumByHand()
    {
        var (q, k, v) = (randn(2, 3, 4), randn(2, 3, 4), randn(2, 3, 4));
        var y = nn.functional.scaled_dot_product_attention(q, k, v, null, 0, true);
        var scores = q[1, 1].mul(k[1]).sum(1).div(2)[..2];
        var expected = scores.softmax(0).unsqueeze(1).mul(v[1][..2]).sum(dim: 0);
        Assert.That(y[1, 1].allclose(expected, atol: 1e-6), Is.True);
    }
}
