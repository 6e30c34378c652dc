using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>What every block needs to know about the positions it works on; made once for all blocks.</summary>
/// <param name="NumRows">B.</param>
/// <param name="Length">L, new positions of each row.</param>
/// <param name="Mask">Added to the scores, (B or 1, 1, L, keys), 0 or -infinity; <see langword="null"/> when plain causality says it all.</param>
/// <param name="IsCausal">Whether position i may look at the new positions up to i only; false with a mask, which says it already.</param>
/// <param name="Cache">Keys and values of earlier positions; <see langword="null"/> when there are none.</param>
/// <param name="Temperature">What the layer norms answer to; <see langword="null"/> when they answer to nothing.</param>
internal sealed record AttentionContext(
    long NumRows, long Length, Tensor? Mask, bool IsCausal, KeyValueCache? Cache, TemperatureSignal? Temperature = null)
{
    /// <summary>Of the products, here for a block that runs again during backward. Default float32.</summary>
    public Precision Precision { get; init; }

    /// <summary>A layer norm's output as the temperatures say, or as it is.</summary>
    public Tensor Modulate(Tensor normalised, int norm) => Temperature?.Modulate(normalised, norm) ?? normalised;

    /// <summary>The context of <paramref name="length"/> positions that come after those of the cache.</summary>
    /// <param name="numRows">B.</param>
    /// <param name="length">New positions of each row, a temperature prefix included.</param>
    /// <param name="numPrefix">How many of a row's first positions are a prefix, before the padding.</param>
    /// <param name="leftPadding">(B) int64, positions to ignore at the left of each row; <see langword="null"/> for none.</param>
    /// <param name="cache">Earlier keys and values, or <see langword="null"/>.</param>
    public static AttentionContext For(long numRows, long length, long numPrefix, Tensor? leftPadding, KeyValueCache? cache)
    {
        var start = cache?.Length ?? 0;
        if (leftPadding is not null)
        {
            return new(numRows, length, PaddedMask(start, length, numPrefix, leftPadding), false, cache);
        }

        if (length == 1) return new(numRows, length, null, false, cache); // sees everything before it
        return start == 0
            ? new(numRows, length, null, true, cache)
            : new(numRows, length, ToScores(Causal(start, length, device: null)), false, cache);
    }

    /// <summary>True where query i, at slot start + i, comes at or after key j: (1, 1, L, start + L).</summary>
    private static Tensor Causal(long start, long length, Device? device)
    {
        var keys = arange(start + length, device: device); // (S)
        var queries = arange(start, start + length, device: device).unsqueeze(1); // (L, 1)
        return keys.le(queries).view(1, 1, length, start + length); // (1, 1, L, S)
    }

    private static Tensor PaddedMask(long start, long length, long numPrefix, Tensor leftPadding)
    {
        var device = leftPadding.device;
        var keys = arange(start + length, device: device); // (S)
        var queries = arange(start, start + length, device: device).unsqueeze(1); // (L, 1)
        var isReal = keys.ge(leftPadding.unsqueeze(1) + numPrefix) | keys.lt(numPrefix); // (B, S)
        // A padding position sees itself: with nothing to see, its softmax would be 0/0, and the result reaches real positions as 0 * NaN.
        var isVisible = isReal.view(-1, 1, 1, start + length) | keys.eq(queries); // (B, 1, L, S)
        return ToScores(isVisible & Causal(start, length, device)); // (B, 1, L, S)
    }

    private static Tensor ToScores(Tensor isVisible) =>
        zeros(isVisible.shape, ScalarType.Float32, isVisible.device).masked_fill_(isVisible.logical_not(), double.NegativeInfinity);
}
