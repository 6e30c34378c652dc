using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Attention from matrix products, for a libtorch without the fused operator (1.13 has none in public).</summary>
internal static class Attention
{
    /// <summary>Without dropout, where a kernel of this library suits: all positions causally, or one query over earlier ones; else null.</summary>
    internal static Tensor? OfOwnKernels(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal)
    {
        if (causal) return mask is null ? Fused.CausalAttention(query, key, value) : null;
        if (!SingleQueryAttention.Is(query, mask)) return null;
        return Fused.CachedAttention(query, key, value, mask) ?? (SingleQueryAttention.Suits(key) ? SingleQueryAttention.Of(query, key, value, mask) : null);
    }

    /// <summary>softmax(q k^T / sqrt(d) + mask) v. Query (..., L, d), key and value (..., S, d) -> (..., L, d).</summary>
    internal static Tensor Composed(Tensor query, Tensor key, Tensor value, Tensor? mask, double dropout, bool causal)
    {
        using var scope = NewDisposeScope();
        var scores = query.mul(1 / Math.Sqrt(query.size(-1))).matmul(key.transpose(-2, -1)); // (..., L, S)
        if (causal)
        {
            if (mask is not null) throw new ArgumentException("Give a mask or ask for causal attention, not both.", nameof(mask));
            mask = ones([query.size(-2), key.size(-2)], ScalarType.Bool, query.device).tril(); // (L, S)
        }

        // In place and by addition: neither a copy of the scores now nor a masked copy of their gradient later.
        if (mask is not null) scores.add_(mask.dtype == ScalarType.Bool ? Additive(mask, scores.dtype) : mask);
        var weights = scores.softmax(-1); // (..., L, S)
        if (dropout > 0) weights = nn.functional.dropout(weights, dropout);
        return weights.matmul(value).MoveToOuterDisposeScope(); // (..., L, d)
    }

    /// <summary>0 where attention is allowed, -infinity elsewhere.</summary>
    private static Tensor Additive(Tensor allowed, ScalarType dtype) =>
        zeros(allowed.shape, dtype, allowed.device).masked_fill_(allowed.logical_not(), double.NegativeInfinity);
}
