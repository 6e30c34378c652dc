using Lhts.Extensions;
using Lhts.Testing;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Native;
using static TorchSharp.torch;

namespace Lhts.Torch.Tests;

/// <summary>What TorchSharp lacks: autocast; and the fused update of src/Torch's optimizer.</summary>
public sealed class ExtensionTests : TensorTest
{
    [Test]
    public void Autocast_WhileOpen_RunsProductsInBfloat16UnderFloat32Weights()
    {
        using var layer = nn.Linear(8, 4);
        var x = randn(3, 8);
        Tensor loss;
        using (new Autocast(DeviceType.CPU))
        {
            var y = layer.call(x);
            Assert.That(y.dtype, Is.EqualTo(bfloat16));
            loss = y.@float().square().sum();
        }

        loss.backward();
        using var gradient = layer.weight.grad!;
        Assert.That(layer.weight.dtype, Is.EqualTo(float32));
        Assert.That(gradient.dtype, Is.EqualTo(float32));
        Assert.That(layer.call(x).dtype, Is.EqualTo(float32), "after the region");

        layer.zero_grad();
        layer.call(x).square().sum().backward();
        using var exact = layer.weight.grad!;
        // bfloat16 keeps 8 bits: each product is off by at most 2^-8 of itself, a handful of them in a row here.
        Assert.That(gradient.sub(exact).norm().item<float>(), Is.LessThan(0.03f * exact.norm().item<float>()).And.GreaterThan(0));
    }

    [Test]
    public void NarrowProduct_OfAnyStrides_IsThatOfTheFactorsInFloat64([Values] bool isFirstTurned, [Values] bool isSecondTurned)
    {
        if (!NarrowProducts.Take(bfloat16, DeviceType.CPU)) return;
        var first = (isFirstTurned ? randn(40, 33).transpose(0, 1) : randn(33, 40)).to(bfloat16);
        var second = (isSecondTurned ? randn(70, 40).transpose(0, 1) : randn(40, 70)).to(bfloat16);
        var product = NarrowProducts.Multiply(first, second);
        var exact = first.to(float64).matmul(second.to(float64));
        Assert.That(product.dtype, Is.EqualTo(float32));
        Assert.That((product - exact).abs().max().item<double>(), Is.LessThan(1e-4));
        Assert.That(() => NarrowProducts.Multiply(first, first), Throws.InstanceOf<System.Runtime.InteropServices.ExternalException>());
    }

    [Test]
    public void HeadKernels_OfATargetBeyondTheVocabulary_Throw()
    {
        var logits = randn(2, 5);
        if (!HeadKernels.Take(logits)) return;
        var error = Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => HeadKernels.LogProbs(logits, tensor(new long[] { 1, 5 })));
        Assert.That(error!.Message, Does.Contain("target 5 is out of 5 tokens"));
    }

    [Test]
    public void Autocast_Nested_RestoresEachLevel()
    {
        var (a, b) = (ones(2, 2), ones(2, 2));
        using (new Autocast(DeviceType.CPU))
        {
            using (new Autocast(DeviceType.CPU)) Assert.That(a.matmul(b).dtype, Is.EqualTo(bfloat16));
            Assert.That(a.matmul(b).dtype, Is.EqualTo(bfloat16));
        }

        Assert.That(a.matmul(b).dtype, Is.EqualTo(float32));
    }

    [Test]
    public void Autocast_GivenATypeOrThreadItCannotServe_SaysSo()
    {
        Assert.That(() => new Autocast(DeviceType.CPU, ScalarType.Float16), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("BFloat16"));
        using var region = new Autocast(DeviceType.CPU);
        Assert.That(() => Task.Run(region.Dispose).GetAwaiter().GetResult(), Throws.InvalidOperationException.With.Message.Contains("thread"));
    }

    [Test]
    public void MissingLibrary_WhenAskedFor_IsAMessageThatSaysWhatToDo()
    {
        Assert.That(NativeExtensions.WhyMissing, Is.Null);
        Assert.That(NativeExtensions.MissingMessage("Autocast", "no such file."),
            Does.StartWith("Autocast needs liblhts.so").And.Contain("no such file").And.Contain("eng/setup.sh"));
    }

    [Test]
    public void FusedAdamW_OverThreeSteps_IsTheOperatorsResult([Values(ScalarType.Float32, ScalarType.Float64)] ScalarType type, [Values(0, 0.1)] double decay)
    {
        manual_seed(1);
        // The second is longer than one chunk of the native loop and no multiple of a vector.
        long[][] shapes = [[3], [70_001], [5, 7], []];
        var fused = shapes.Select(shape => Quadruple(shape, type)).ToArray();
        var composed = fused.Select(q => q.Select(t => t.clone()).ToArray()).ToArray();
        for (var step = 1; step <= 3; step++)
        {
            var settings = new AdamWStep { LearningRate = 0.01, Beta1 = 0.9, Beta2 = 0.99, Epsilon = 1e-8, WeightDecay = decay, Step = step };
            Assert.That(FusedUpdate.TryAdamW(Column(fused, 0), Column(fused, 1), Column(fused, 2), Column(fused, 3), settings), Is.True);
            AdamW.UpdateByOperators(Column(composed, 0), Column(composed, 1), Column(composed, 2), Column(composed, 3), settings);
        }

        var relative = type == ScalarType.Float32 ? 1e-6 : 1e-14;
        for (var i = 0; i < shapes.Length; i++)
        {
            for (var j = 0; j < 4; j++) Assert.That(fused[i][j].allclose(composed[i][j], relative, relative), Is.True, $"tensor {i}, part {j}");
        }
    }

    [Test]
    public void FusedOperator_WhereLibtorchHasIt_IsTheOperatorsResult([Values(0, 0.1)] double decay)
    {
        manual_seed(1);
        long[][] shapes = [[3], [1001], [5, 7], []];
        var fused = shapes.Select(shape => Quadruple(shape, ScalarType.Float32)).ToArray();
        var composed = fused.Select(q => q.Select(t => t.clone()).ToArray()).ToArray();
        var settings = new AdamWStep { LearningRate = 0.01, Beta1 = 0.9, Beta2 = 0.99, Epsilon = 1e-8, WeightDecay = decay, Step = 3 };
        var done = AdamW.TryFusedOperator(Column(fused, 0), Column(fused, 1), Column(fused, 2), Column(fused, 3), settings);
        Assert.That(done, Is.EqualTo(Op.fused_adamw_.Exists));
        if (done) AdamW.UpdateByOperators(Column(composed, 0), Column(composed, 1), Column(composed, 2), Column(composed, 3), settings);
        for (var i = 0; i < shapes.Length; i++)
        {
            for (var j = 0; j < 4; j++) Assert.That(fused[i][j].allclose(composed[i][j], 1e-6, 1e-6), Is.True, $"tensor {i}, part {j}");
        }
    }

    [Test]
    public void FusedAdamW_OnOneThreadOrTwo_GivesTheSameBits()
    {
        var threads = get_num_threads();
        try
        {
            var results = new List<float[]>();
            foreach (var count in new[] { 1, 2 })
            {
                set_num_threads(count);
                manual_seed(1);
                var q = Quadruple([200_003], ScalarType.Float32);
                FusedUpdate.TryAdamW([q[0]], [q[1]], [q[2]], [q[3]],
                    new AdamWStep { LearningRate = 0.01, Beta1 = 0.9, Beta2 = 0.99, Epsilon = 1e-8, WeightDecay = 0.1, Step = 1 });
                results.Add(q[0].data<float>().ToArray());
            }

            Assert.That(results[1], Is.EqualTo(results[0]));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Test]
    public void FusedAdamW_OfTensorsItDoesNotTake_ChangesNothing()
    {
        var settings = new AdamWStep { LearningRate = 0.01, Beta1 = 0.9, Beta2 = 0.99, Epsilon = 1e-8, WeightDecay = 0, Step = 1 };
        var good = Quadruple([4, 4], ScalarType.Float32);
        var half = Quadruple([4, 4], ScalarType.Float16);
        var before = good[0].clone();
        Assert.That(FusedUpdate.TryAdamW([good[0], half[0]], [good[1], half[1]], [good[2], half[2]], [good[3], half[3]], settings), Is.False);
        Assert.That(FusedUpdate.TryAdamW([good[0]], [good[1].t()], [good[2]], [good[3]], settings), Is.False);
        Assert.That(good[0].allclose(before, 0, 0), Is.True);
    }

    [Test]
    public void AdamW_OfHalfParameters_FallsBackToTheOperators()
    {
        using var weight = new Parameter(ones([3], bfloat16));
        using var optimizer = optim.AdamW([weight], lr: 0.5);
        weight.grad = ones([3], bfloat16);
        optimizer.step();
        // The first step of Adam is the learning rate against the sign.
        Assert.That(weight.@float().data<float>().ToArray(), Is.All.EqualTo(0.5f).Within(0.01f));
    }

    private static Tensor[] Quadruple(long[] shape, ScalarType type) =>
        [randn(shape, type), randn(shape, type), randn(shape, type), randn(shape, type).square()];

    private static Tensor[] Column(Tensor[][] quadruples, int index) => Array.ConvertAll(quadruples, q => q[index]);
}
