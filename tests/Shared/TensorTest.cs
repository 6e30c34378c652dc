using NUnit.Framework;
using TorchSharp;

namespace Lhts.Testing;

/// <summary>A test that fails when it leaves tensors alive. Tests that derive from it do not run beside each other.</summary>
[NonParallelizable]
public abstract class TensorTest
{
    private DisposeScope? scope;
    private long before;

    /// <summary>Opens a scope for the test's tensors.</summary>
    [SetUp]
    public void OpenScope()
    {
        before = torch.Tensor.TotalCount;
        scope = torch.NewDisposeScope();
    }

    /// <summary>Closes the scope and compares the number of live tensors with that before the test.</summary>
    [TearDown]
    public void ExpectNoLeak()
    {
        scope!.Dispose();
        Assert.That(torch.Tensor.TotalCount, Is.EqualTo(before), "tensors left alive by the test");
    }
}
