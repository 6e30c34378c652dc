using static TorchSharp.torch;

namespace TorchSharp.Native;

/// <summary>
/// This library's own kernels (src/Native/fused.cpp), for float32 on processors with AVX-512: they leave out the large tensors between the parts of
/// attention and GELU. Their sums are rounded in another order than those of libtorch's operators, which stand for them everywhere else.
/// </summary>
internal static class Fused
{
    private const long Lane = 16;
    private const long MaxWidth = 128;

    /// <summary>As for libtorch's own kernels, <c>ATEN_CPU_CAPABILITY</c> (default, avx2) asks for those of lesser processors.</summary>
    private static readonly bool IsAvailable =
        Environment.GetEnvironmentVariable("ATEN_CPU_CAPABILITY") is null or "" or "avx512" && Kernels.HasAvx512 && Op.fused_gelu.Exists;

    /// <summary>GELU in its tanh form; null where libtorch's is to be taken.</summary>
    public static Tensor? Gelu(Tensor input) => IsAvailable && IsPlain(input) ? Op.fused_gelu.Call(input) : null;

    /// <summary>Causal attention without mask and dropout; null where it is to be composed.</summary>
    public static Tensor? CausalAttention(Tensor query, Tensor key, Tensor value) =>
        IsAvailable && HasHeads(query) && query.size(2) == key.size(2) && IsPlain(key) && IsPlain(value)
            ? Op.fused_causal_attention.Call(query, key, value)
            : null;

    /// <summary>
    /// Attention of one query (B, H, 1, D) over keys (B, H, S, D) with a mask (B, 1, 1, S), outside the graph; null where it is to be composed.
    /// </summary>
    public static Tensor? CachedAttention(Tensor query, Tensor key, Tensor value, Tensor? mask) =>
        IsAvailable && HasHeads(query) && IsPlain(key) && IsPlain(value) && (mask is null || IsPlain(mask))
            ? Op.fused_cached_attention.Call(query, key, value, mask)
            : null;

    private static bool HasHeads(Tensor tensor) =>
        tensor.Dimensions == 4 && tensor.size(3) is > 0 and <= MaxWidth && tensor.size(3) % Lane == 0 && IsPlain(tensor);

    private static bool IsPlain(Tensor tensor) => tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU;
}
