using Lhts.Testing;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Torch.Tests;

public sealed class TrainingTests : TensorTest
{
    [Test]
    public void Backward_OfAProduct_GivesTheDerivative()
    {
        var x = tensor(new double[] { 2, 3 }, requires_grad: true);
        (x * x * x).sum().backward();
        Assert.That(x.grad!.data<double>().ToArray(), Is.EqualTo(new double[] { 12, 27 }));
        x.grad = null;
        Assert.That(x.grad, Is.Null);
        var y = x * 2;
        y.backward([tensor(new double[] { 5, 7 })]);
        Assert.That(x.grad!.data<double>().ToArray(), Is.EqualTo(new double[] { 10, 14 }));
        Assert.That(autograd.grad([(x * x).sum()], [x])[0].data<double>().ToArray(), Is.EqualTo(new double[] { 4, 6 }));
    }

    [Test]
    public void NoGrad_WhileOpen_RecordsNothingAndRestores()
    {
        var x = ones([2], requires_grad: true);
        using (no_grad())
        {
            Assert.That((x * 2).requires_grad, Is.False);
        }

        Assert.That((x * 2).requires_grad, Is.True);
    }

    [Test]
    public void AdamW_OverTwoSteps_MatchesTheFormula()
    {
        using var weight = new Parameter(tensor(new double[] { 1, -2 }));
        using var optimizer = optim.AdamW([weight], lr: 0.1, beta1: 0.9, beta2: 0.99, eps: 1e-8, weight_decay: 0.01);
        double[] expected = [1, -2];
        double[] m = [0, 0], v = [0, 0];
        for (var t = 1; t <= 2; t++)
        {
            optimizer.zero_grad();
            (weight * weight).sum().backward();
            optimizer.step();
            for (var i = 0; i < 2; i++)
            {
                var g = 2 * expected[i];
                expected[i] *= 1 - (0.1 * 0.01);
                m[i] = (0.9 * m[i]) + (0.1 * g);
                v[i] = (0.99 * v[i]) + (0.01 * g * g);
                expected[i] -= 0.1 * (m[i] / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.99, t))) + 1e-8);
            }
        }

        Assert.That(weight.data<double>().ToArray(), Is.EqualTo(expected).Within(1e-12));
        var state = (AdamW.State)optimizer.state_dict().State[0];
        Assert.That(state.step, Is.EqualTo(2));
        Assert.That(state.exp_avg.data<double>().ToArray(), Is.EqualTo(m).Within(1e-12));
    }

    [Test]
    public void ClipGradNorm_AboveTheBound_ScalesAndReportsTheNormBefore()
    {
        using var a = new Parameter(zeros(2));
        using var b = new Parameter(zeros(1));
        a.grad = tensor(new float[] { 3, 0 });
        b.grad = tensor(new float[] { 4 });
        Assert.That(nn.utils.clip_grad_norm_([a, b], 1), Is.EqualTo(5).Within(1e-6));
        Assert.That(b.grad!.item<float>(), Is.EqualTo(0.8f).Within(1e-5f));
    }

    [Test]
    public void Modules_WithRegisteredFields_NameShareAndMoveParameters()
    {
        using var model = new TwoLayers();
        Assert.That(
            model.named_parameters().Select(p => p.name),
            Is.EqualTo(new[] { "first.weight", "first.bias", "blocks.0.weight", "blocks.0.bias" }));
        model.to(float64);
        Assert.That(model.parameters().All(p => p.dtype == float64), Is.True);
        Assert.That(model.call(ones([1, 3], float64)).shape, Is.EqualTo(new long[] { 1, 2 }));
        Assert.That(model.call(ones([1, 3], float64)).requires_grad, Is.True);
    }

    [Test]
    public void Generators_FromOneSeedOrState_RepeatTheirNumbers()
    {
        using var first = new Generator(7);
        using var second = new Generator(7);
        Assert.That(rand(5, generator: first).allclose(rand(5, generator: second), 0, 0), Is.True);
        var state = first.get_state();
        var next = rand(3, generator: first);
        first.set_state(state);
        Assert.That(rand(3, generator: first).allclose(next, 0, 0), Is.True);
        manual_seed(3);
        var a = randn(4);
        manual_seed(3);
        Assert.That(randn(4).allclose(a, 0, 0), Is.True);
    }

    [Test]
    public void Data_OfBytes_ReadsAndWritesInPlace()
    {
        var x = zeros(2, 2);
        x.bytes = x.add(1).bytes.ToArray();
        Assert.That(x.sum().item<float>(), Is.EqualTo(4));
        Assert.That(() => x.data<double>(), Throws.InvalidOperationException);
        Assert.That(() => x.t().bytes.Length, Throws.InvalidOperationException);
    }

    private sealed class TwoLayers : nn.Module<Tensor, Tensor>
    {
        private readonly Linear first = nn.Linear(3, 4);
        private readonly ModuleList<Linear> blocks = nn.ModuleList(nn.Linear(4, 2));

        public TwoLayers()
            : base(nameof(TwoLayers)) => RegisterComponents();

        public override Tensor forward(Tensor input) => blocks[0].call(first.call(input).relu());
    }
}
