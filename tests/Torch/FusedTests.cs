using Lhts.Testing;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Native;
using static TorchSharp.torch;

namespace Lhts.Torch.Tests;

/// <summary>
/// This library's own kernels against the same from libtorch's operators in float64. Where the processor lacks AVX-512 there are none, and nothing is compared.
/// </summary>
public sealed class FusedTests : TensorTest
{
    [Test]
    public void Kernels_OnAProcessorWithAvx512_AreUsed()
    {
        var isAsked = Environment.GetEnvironmentVariable("ATEN_CPU_CAPABILITY") is null or "" or "avx512";
        Assert.That(Fused.Gelu(zeros([2])) is not null, Is.EqualTo(isAsked && Kernels.HasAvx512));
        Assert.That(Fused.Gelu(zeros([2], ScalarType.Float64)), Is.Null);
    }

    [Test]
    public void Attention_AndItsGradients_AreThoseOfTheComposed(
        [Values(1, 3, 16, 63, 65, 130)] long length, [Values(16, 32, 48, 64, 80, 96, 112, 128)] long width)
    {
        manual_seed(length + width);
        // One tensor in three parts, as a layer makes them: rows that are not next to each other.
        var joined = randn([2, length, 3, 3, width]);
        var (fused, exact) = (joined.clone().requires_grad_(), joined.to(ScalarType.Float64).requires_grad_());
        if (Fused.CausalAttention(Part(fused, 0), Part(fused, 1), Part(fused, 2)) is not { } mixed) return;
        var expected = Attention.Composed(Part(exact, 0), Part(exact, 1), Part(exact, 2), null, 0, causal: true);
        AssertClose(mixed, expected);

        var direction = randn(mixed.shape);
        (mixed * direction).sum().backward();
        (expected * direction.to(ScalarType.Float64)).sum().backward();
        AssertClose(fused.grad!, exact.grad!);
    }

    [Test]
    public void Attention_OfOneQuery_IsThatOfTheComposed([Values(1, 15, 129)] long numKeys, [Values(16, 64, 128)] long width, [Values] bool isMasked)
    {
        manual_seed(numKeys + width);
        using var noGrad = no_grad();
        var (query, room) = (randn([3, 2, 1, width]), randn([2, 3, 2, numKeys + 5, width]));
        var (key, value) = (room[0].narrow(2, 0, numKeys), room[1].narrow(2, 0, numKeys));
        var mask = isMasked ? zeros([3, 1, 1, numKeys]) : null;
        if (isMasked && numKeys > 1) mask![1, 0, 0, 0] = tensor(double.NegativeInfinity, ScalarType.Float32);
        if (Fused.CachedAttention(query, key, value, mask) is not { } mixed) return;
        AssertClose(mixed, Attention.Composed(
            query.to(ScalarType.Float64), key.to(ScalarType.Float64), value.to(ScalarType.Float64), mask?.to(ScalarType.Float64), 0, causal: false));
    }

    [Test]
    public void Attention_OfScoresFarApart_IsFinite()
    {
        var query = full([1, 1, 40, 16], 50.0);
        if (Fused.CausalAttention(query, cat([query * -1, query], 2).narrow(2, 20, 40), query) is not { } mixed) return;
        Assert.That(mixed.isfinite().all().item<bool>());
        AssertClose(mixed, query.to(ScalarType.Float64));
    }

    [Test]
    public void Attention_OfNotNumbers_IsNone([Values(0, 1, 2)] int part)
    {
        var joined = randn([1, 5, 3, 1, 16]);
        joined[0, 2, part] = tensor(double.NaN, ScalarType.Float32);
        if (Fused.CausalAttention(Part(joined, 0), Part(joined, 1), Part(joined, 2)) is not { } mixed) return;
        Assert.That(mixed[0, 0, 2].isfinite().all().item<bool>(), Is.False, "what is seen is not hidden");
        if (part < 2)
        {
            Assert.That(mixed[0, 0, 1].isfinite().all().item<bool>(), "the score of what comes later is not seen; its value is, times 0, as in the composed");
        }
    }

    [Test]
    public void Gelu_AndItsGradient_AreThoseOfTheFormula([Values(1, 16, 37, 40_000)] long count)
    {
        manual_seed(count);
        var values = randn([count]) * 4;
        var (fused, exact) = (values.clone().requires_grad_(), values.to(ScalarType.Float64).requires_grad_());
        if (Fused.Gelu(fused) is not { } activated) return;
        var inner = (exact + (exact.pow(3) * 0.044715)) * Math.Sqrt(2 / Math.PI);
        var expected = exact * 0.5 * (inner.tanh() + 1);
        AssertClose(activated, expected);
        activated.sum().backward();
        expected.sum().backward();
        AssertClose(fused.grad!, exact.grad!);
    }

    [TestCase(200.0, 200.0)]
    [TestCase(-200.0, 0.0)]
    [TestCase(1e20, 1e20)]
    [TestCase(-1e20, 0.0)]
    [TestCase(double.NaN, double.NaN)]
    public void Gelu_OfExtremes_IsItsLimit(double input, double expected)
    {
        if (Fused.Gelu(tensor(input, ScalarType.Float32).view(1)) is { } activated)
        {
            Assert.That((double)activated.item<float>(), Is.EqualTo(expected).Within(1e-5).Percent);
        }
    }

    /// <summary>(B, L, 3, H, D) to one part's (B, H, L, D).</summary>
    private static Tensor Part(Tensor joined, int part) => joined.select(2, part).transpose(1, 2);

    private static void AssertClose(Tensor actual, Tensor expected)
    {
        var scale = expected.abs().max().item<double>() + 1;
        Assert.That((actual.to(ScalarType.Float64) - expected).abs().max().item<double>() / scale, Is.LessThan(2e-6));
    }
}
