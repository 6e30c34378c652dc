using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Attention from matrix products, for a libtorch without the fused operator (1.13 has none in public).</summary>
internal static class Attention
{
    /// <summary>softmax(q k^T / sqrt(d) + mask) v. Query (..., L, d), key and value (..., S, d) -> (..., L, d).</summary>
    internal static Tensor Composed(Tensor query, Tensor key, Tensor value, Tensor? mask, double dropout, bool causal)
    {
        using var scope = NewDisposeScope();
        var scores = query.mul(1 / Math.Sqrt(query.size(-1))).matmul(key.transpose(-2, -1)); // (..., L, S)
        if (causal)
        {
            if (mask is not null) throw new ArgumentException("Give a mask or ask for causal attention, not both.", nameof(mask));
            var future = ones([query.size(-2), key.size(-2)], ScalarType.Bool, query.device).triu(1); // (L, S)
            scores = scores.masked_fill(future, double.NegativeInfinity);
        }
        else if (mask is not null)
        {
            scores = mask.dtype == ScalarType.Bool ? scores.masked_fill(mask.logical_not(), double.NegativeInfinity) : scores.add(mask);
        }

        var weights = scores.softmax(-1); // (..., L, S)
        if (dropout > 0) weights = nn.functional.dropout(weights, dropout);
        return weights.matmul(value).MoveToOuterDisposeScope(); // (..., L, d)
    }
}
