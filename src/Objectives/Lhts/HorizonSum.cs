using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>Sums of log-probs over the next tokens.</summary>
public static class HorizonSum
{
    /// <summary>
    /// s_i = sum of lp_k for k from i to min(i + horizon - 1, end of the document), the position itself included (LHTS, Eq. 9).
    /// </summary>
    /// <param name="values">(B, L): lp. What stands where the mask is zero is never read, not even a NaN.</param>
    /// <param name="mask">(B, L) bool.</param>
    /// <param name="horizon">At least 1; null for no end but the document's.</param>
    /// <returns>(B, L) in the type of <paramref name="values"/>; exactly zero where the mask is zero.</returns>
    /// <remarks>
    /// The window is put together from windows of 1, 2, 4, ... positions: no difference of two long sums is ever taken, so there is no
    /// cancellation, minus infinity stays where it belongs, and neither the length of the padding nor the other sequences change a bit.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is below 1.</exception>
    public static Tensor Of(Tensor values, Tensor mask, long? horizon)
    {
        if (horizon < 1) throw new ArgumentOutOfRangeException(nameof(horizon), horizon, "The horizon counts the position itself and is at least 1.");
        using var scope = NewDisposeScope();
        var length = values.shape[1];
        var zero = zeros_like(values);
        var window = where(mask, values, zero);
        // Without a horizon the whole power of two above the length: what lies beyond the end adds exact zeros.
        var remaining = Math.Min(horizon ?? long.MaxValue, NextPowerOfTwo(length));
        var sum = zero;
        long offset = 0;
        for (long width = 1; remaining > 0; width *= 2, remaining /= 2)
        {
            if (remaining % 2 == 1)
            {
                sum = sum + ShiftedLeft(window, offset);
                offset += width;
            }

            if (remaining > 1) window = window + ShiftedLeft(window, width);
        }

        return where(mask, sum, zero).MoveToOuterDisposeScope();
    }

    /// <summary>y_i = x_{i+offset}, zero beyond the end.</summary>
    /// <param name="values">(B, L).</param>
    /// <param name="offset">At least 0.</param>
    public static Tensor ShiftedLeft(Tensor values, long offset)
    {
        var length = values.shape[1];
        if (offset == 0) return values;
        if (offset >= length) return zeros_like(values);
        using var tail = values.narrow(1, offset, length - offset);
        using var padding = zeros(new[] { values.shape[0], offset }, dtype: values.dtype, device: values.device);
        return cat(new[] { tail, padding }, 1);
    }

    /// <summary>y_i = x_{ends_i}, zero where that is L.</summary>
    /// <param name="values">(B, L).</param>
    /// <param name="ends">(B, L) int64, 0 to L.</param>
    internal static Tensor ShiftedLeftTo(Tensor values, Tensor ends)
    {
        using var padding = zeros(new[] { values.shape[0], 1 }, dtype: values.dtype, device: values.device);
        using var padded = cat(new[] { values, padding }, 1); // (B, L + 1)
        return padded.gather(1, ends);
    }

    private static long NextPowerOfTwo(long length)
    {
        long power = 1;
        while (power < length) power *= 2;
        return power;
    }
}
