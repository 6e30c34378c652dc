using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Torch.Tests;

/// <summary>What a call costs on the managed heap, and that the calls without boxing agree with the boxed ones.</summary>
public sealed class DispatchTests : TensorTest
{
    private const int NumCalls = 200;

    private static IEnumerable<TestCaseData> Calls()
    {
        yield return new TestCaseData((Action<Tensor, Tensor>)((a, b) => a.add_(b))).SetArgDisplayNames("add_").Returns(0);
        yield return new TestCaseData((Action<Tensor, Tensor>)((a, _) => a.mul_(1.0))).SetArgDisplayNames("mul_ number").Returns(0);
        yield return new TestCaseData((Action<Tensor, Tensor>)((a, _) => a.exp().Dispose())).SetArgDisplayNames("exp").Returns(1);
        yield return new TestCaseData((Action<Tensor, Tensor>)((a, b) => a.add(b).Dispose())).SetArgDisplayNames("add").Returns(1);
        yield return new TestCaseData((Action<Tensor, Tensor>)((a, _) => a.mul(2.5).Dispose())).SetArgDisplayNames("mul number").Returns(1);
        yield return new TestCaseData((Action<Tensor, Tensor>)((a, b) => a.matmul(b).Dispose())).SetArgDisplayNames("matmul").Returns(1);
        yield return new TestCaseData((Action<Tensor, Tensor>)((a, _) => a.sum().Dispose())).SetArgDisplayNames("sum").Returns(1);
        yield return new TestCaseData((Action<Tensor, Tensor>)((a, _) => a.softmax(-1).Dispose())).SetArgDisplayNames("softmax").Returns(1);
        yield return new TestCaseData((Action<Tensor, Tensor>)((a, _) => a.size(0))).SetArgDisplayNames("size").Returns(0);
    }

    /// <summary>Objects of Tensor's size that a call leaves on the managed heap.</summary>
    [TestCaseSource(nameof(Calls))]
    public double Call_OfAnOperator_AllocatesItsResultAndNothingElse(Action<Tensor, Tensor> call)
    {
        var (a, b) = (ones(2, 2), ones(2, 2));
        var one = BytesOf(() => a.alias().Dispose());
        return Math.Round(BytesOf(() => call(a, b)) / one, 3);
    }

    [Test]
    public void DirectCalls_OfEverySignature_AgreeWithTheFormula()
    {
        var (a, b) = (tensor(new double[] { 1, 4 }), tensor(new double[] { 2, 3 }));
        Assert.Multiple(() =>
        {
            Assert.That(Values(a.sqrt()), Is.EqualTo(new double[] { 1, 2 }), "(T)");
            Assert.That(Values(a.clone().sqrt_()), Is.EqualTo(new double[] { 1, 2 }), "(T!)");
            Assert.That(Values(a.mul(b)), Is.EqualTo(new double[] { 2, 12 }), "(T, T)");
            Assert.That(Values(a.clone().mul_(b)), Is.EqualTo(new double[] { 2, 12 }), "(T!, T)");
            Assert.That(Values(a.add(b)), Is.EqualTo(new double[] { 3, 7 }), "(T, T, alpha left off)");
            Assert.That(Values(a.add(b, 10)), Is.EqualTo(new double[] { 21, 34 }), "(T, T, alpha)");
            Assert.That(Values(a.clone().add_(b)), Is.EqualTo(new double[] { 3, 7 }), "(T!, T, alpha left off)");
            Assert.That(Values(a.clone().add_(b, 0.5)), Is.EqualTo(new[] { 2, 5.5 }), "(T!, T, alpha)");
            Assert.That(Values(a.mul(3)), Is.EqualTo(new double[] { 3, 12 }), "(T, S)");
            Assert.That(Values(a.clone().mul_(3)), Is.EqualTo(new double[] { 3, 12 }), "(T!, S)");
            Assert.That(Values(a.add(3)), Is.EqualTo(new double[] { 4, 7 }), "(T, S, alpha left off)");
            Assert.That(Values(a.clone().add_(0.5)), Is.EqualTo(new[] { 1.5, 4.5 }), "(T!, S, alpha left off)");
            Assert.That(a.gt(true).data<bool>().ToArray(), Is.EqualTo(new[] { false, true }), "a truth value as a number");
        });
    }

    [Test]
    public void DirectCalls_UnderAutogradAndOfMixedTypes_FollowLibtorch()
    {
        var x = tensor(new float[] { 3 }, requires_grad: true);
        (x.mul(x).add(x, 2).exp().log() * 2).sum().backward();
        Assert.That(x.grad!.item<float>(), Is.EqualTo(2 * (6 + 2)).Within(1e-4f));
        Assert.That(ones([1], int64).add(ones([1], float64)).dtype, Is.EqualTo(float64));
        Assert.That(ones([1], int64).mul(2.5).dtype, Is.EqualTo(float32));
        Assert.That(ones([1], int64).mul(2).dtype, Is.EqualTo(int64));
    }

    [Test]
    public void PeakCount_AfterManyTensorsAtOnce_IsAtLeastTheirNumber()
    {
        var start = Tensor.TotalCount;
        var made = Enumerable.Range(0, 50).Select(_ => ones(1)).ToArray();
        Assert.That(Tensor.TotalCount, Is.EqualTo(start + 50));
        foreach (var one in made) one.Dispose();
        Assert.That(Tensor.PeakCount, Is.GreaterThanOrEqualTo(start + 50));
    }

    private static double[] Values(Tensor tensor) => tensor.data<double>().ToArray();

    private static double BytesOf(Action call)
    {
        for (var i = 0; i < NumCalls; i++) call();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < NumCalls; i++) call();
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / NumCalls;
    }
}
