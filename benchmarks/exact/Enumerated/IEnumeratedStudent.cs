using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>A student over sequences that can be enumerated. It starts as its teacher.</summary>
public interface IEnumeratedStudent : IDisposable
{
    /// <summary>What is trained.</summary>
    IEnumerable<Parameter> Parameters { get; }

    /// <summary>(B, L, S): logits along sequences.</summary>
    /// <param name="sequences">(B) int64: their numbers.</param>
    /// <param name="condition">(B), or null for a student that is told nothing.</param>
    Tensor Logits(Tensor sequences, Tensor? condition);

    /// <summary>(P, S) float64: logits after each prefix.</summary>
    /// <param name="condition">What it is conditioned on, or null.</param>
    Tensor Table(double? condition);
}
