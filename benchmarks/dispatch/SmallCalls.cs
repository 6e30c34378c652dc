using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Dispatch.Benchmarks;

/// <summary>Operators on four elements: nearly all of a call's time is the way to the kernel and back.</summary>
internal static class SmallCalls
{
    /// <summary>Every call by name; results are disposed as a program would.</summary>
    public static IEnumerable<(string Name, Action Call)> All()
    {
        var (a, b, zero) = (ones(4), ones(4), zeros(4));
        var (m, n) = (ones(2, 2), ones(2, 2));
        yield return ("add_(tensor)", () => a.add_(zero));
        yield return ("mul_(number)", () => a.mul_(1.0));
        yield return ("exp()", () => a.exp().Dispose());
        yield return ("neg()", () => a.neg().Dispose());
        yield return ("add(tensor)", () => a.add(b).Dispose());
        yield return ("mul(tensor)", () => a.mul(b).Dispose());
        yield return ("mul(number)", () => a.mul(2.0).Dispose());
        yield return ("matmul", () => m.matmul(n).Dispose());
        yield return ("sum()", () => a.sum().Dispose());
        yield return ("view(2, 2)", () => a.view(2, 2).Dispose());
        yield return ("shape", () => GC.KeepAlive(a.shape));
        yield return ("item", () => Item(b));
    }

    private static void Item(Tensor tensor)
    {
        using var element = tensor[0];
        element.item<float>();
    }
}
