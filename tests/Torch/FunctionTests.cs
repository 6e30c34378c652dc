using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Torch.Tests;

/// <summary>Operations whose gradient is written in C#.</summary>
public sealed class FunctionTests : TensorTest
{
    [Test]
    public void Apply_OfAFunctionWithItsOwnGradient_UsesIt()
    {
        var x = tensor(new[] { 1f, 2f, 3f }, requires_grad: true);

        (Cube.apply(x * 2, "unused") * tensor(new[] { 1f, 10f, 100f })).sum().backward();

        // d (2x)^3 / dx = 24 x^2
        using var gradient = x.grad!;
        Assert.That(gradient.data<float>().ToArray(), Is.EqualTo(new[] { 24f, 960f, 21600f }));
    }

    [Test]
    public void Apply_WithoutGradients_GivesAPlainResult()
    {
        var x = tensor(new[] { 2f }, requires_grad: true);

        Assert.That(Cube.apply(tensor(new[] { 2f }), "").requires_grad, Is.False);
        using var noGrad = no_grad();
        Assert.That(Cube.apply(x, "").requires_grad, Is.False);
    }

    [Test]
    public void Apply_WhoseResultIsNeverUsed_FreesWhatItKept()
    {
        var x = tensor(new[] { 2f }, requires_grad: true);
        var before = Tensor.TotalCount;

        Cube.apply(x, "").Dispose();

        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    [TestCase("throw", "Cube: no gradient today")]
    [TestCase("one", "Cube: backward gave 1 gradients for 2 arguments")]
    public void Backward_ThatFails_IsAnExceptionWithItsMessage(string fault, string message)
    {
        var x = tensor(new[] { 2f }, requires_grad: true);
        var y = Cube.apply(x, fault);

        Assert.That(() => y.backward(), Throws.InstanceOf<TorchException>().With.Message.Contains(message));
    }

    private sealed class Cube : autograd.SingleTensorFunction<Cube>
    {
        public override string Name => nameof(Cube);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_for_backward([(Tensor)vars[0]]);
            ctx.save_data("fault", vars[1]);
            return ((Tensor)vars[0]).pow(3);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            if ((string)ctx.get_data("fault") == "throw") throw new InvalidOperationException("no gradient today");
            var gradient = ctx.get_saved_variables()[0].square() * 3 * grad_output;
            return (string)ctx.get_data("fault") == "one" ? [gradient] : [gradient, null!];
        }
    }
}
