using static TorchSharp.torch;

namespace TorchSharp.Modules;

// B rows, H heads, S keys, D width of a head.

/// <summary>
/// Attention of one new position over cached ones, from elementwise products and sums. As matrix products it is B*H products of one row each, whose
/// calls cost more than their arithmetic while there are few keys.
/// </summary>
internal static class SingleQueryAttention
{
    /// <summary>With more keys, or products that leave the cache, matrix products are as fast or faster (measured).</summary>
    private const long MaxKeys = 128;
    private const long MaxElements = 1 << 20;

    /// <summary>Whether there is one query of rows and heads on the CPU, outside the graph, whose mask differs between rows and keys only.</summary>
    public static bool Is(Tensor query, Tensor? mask) =>
        query.Dimensions == 4 && query.size(2) == 1 && query.device_type == DeviceType.CPU && !is_grad_enabled()
        && (mask is null || (mask.dtype == query.dtype && mask.Dimensions == 4 && mask.size(1) == 1 && mask.size(2) == 1));

    /// <summary>Whether it is the faster way of composing such attention.</summary>
    /// <param name="key">(B, H, S, D).</param>
    public static bool Suits(Tensor key) => key.size(2) <= MaxKeys && key.NumberOfElements <= MaxElements;

    /// <summary>softmax(q k^T / sqrt(D) + mask) v, (B, H, 1, D).</summary>
    /// <param name="query">(B, H, 1, D).</param>
    /// <param name="key">(B, H, S, D).</param>
    /// <param name="value">(B, H, S, D).</param>
    /// <param name="mask">(B, 1, 1, S) or <see langword="null"/>, added to the scores.</param>
    public static Tensor Of(Tensor query, Tensor key, Tensor value, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var scores = (query.mul(1 / Math.Sqrt(query.size(3))) * key).sum(-1, keepdim: true); // (B, H, S, 1)
        if (mask is not null) scores.add_(mask.transpose(2, 3));
        var weights = scores.softmax(2); // (B, H, S, 1)
        return (weights * value).sum(2, keepdim: true).MoveToOuterDisposeScope(); // (B, H, 1, D)
    }
}
