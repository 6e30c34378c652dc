using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>How far the log-partition of the future is from agreeing with itself, over all horizons at once.</summary>
internal static class FutureReturns
{
    /// <summary>
    /// d_i = W_i - C_i + trace * min(W_i, 1) * d_{i+1}, zero beyond the end, where W_i = exp(a*lp_i + b(x_&lt;=i) - b(x_&lt;i)) and C_i has the
    /// mean 1. An exact b gives E[d_i | prefix] = 0 for every trace: 0 looks one token ahead, 1 to the document's end.
    /// </summary>
    /// <remarks>
    /// As in Retrace (Munos et al. 2016) the factor of d_{i+1} may be any function of x_&lt;=i without moving that solution; bounded by 1 no
    /// product of weights can explode, however long the document.
    /// </remarks>
    /// <param name="logWeights">(B, L) float64: log W, of one token.</param>
    /// <param name="controls">(B, L) float64: C; null for ones.</param>
    /// <param name="mask">(B, L) bool: a run of ones from the left.</param>
    /// <param name="trace">0 to 1.</param>
    /// <param name="bound">Upper bound of log W.</param>
    /// <returns>(B, L) float64, zero where the mask is.</returns>
    public static Tensor Of(Tensor logWeights, Tensor? controls, Tensor mask, double trace, double bound)
    {
        var (numSequences, length) = (mask.shape[0], mask.shape[1]);
        using var scope = NewDisposeScope();
        var weights = logWeights.clamp_max(bound).exp().cpu().contiguous().data<double>().ToArray();
        var expected = controls?.cpu().contiguous().data<double>().ToArray();
        var valid = mask.cpu().contiguous().data<bool>().ToArray();
        var errors = new double[weights.Length];
        for (var row = 0; row < numSequences; row++)
        {
            double next = 0;
            for (var at = (int)((row + 1) * length) - 1; at >= row * length; at--)
            {
                if (!valid[at]) continue;
                next = weights[at] - (expected?[at] ?? 1) + trace * Math.Min(weights[at], 1) * next;
                errors[at] = next;
            }
        }

        return tensor(errors).reshape(numSequences, length).to(mask.device).MoveToOuterDisposeScope();
    }

    /// <summary>log(exp(left) + exp(right)) without overflow.</summary>
    public static double LogAddExp(double left, double right)
    {
        var (low, high) = left < right ? (left, right) : (right, left);
        return double.IsNegativeInfinity(low) ? high : high + Math.Log(1 + Math.Exp(low - high));
    }
}
