using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>Targets for the log-partition of the future, mixed from all horizons as in TD(lambda), but in the exponent.</summary>
internal static class FutureReturns
{
    /// <summary>
    /// t_i = a*lp_i + log((1 - trace) * exp(b(x_&lt;=i)) + trace * exp(t_{i+1})), and t = a*lp at the last token. For every trace
    /// E[exp(t_i) | prefix] = exp(b(x_&lt;i)) when b is exact: 0 looks one token ahead, 1 to the document's end.
    /// </summary>
    /// <param name="inputs">Log-probs, mask (a run of ones from the left) and exponents.</param>
    /// <param name="values">(B, L) float64: b, zero where the mask is.</param>
    /// <param name="trace">0 to 1.</param>
    /// <returns>(B, L) float64, zero where the mask is.</returns>
    public static Tensor Of(WeightInputs inputs, Tensor values, double trace)
    {
        var (numSequences, length) = (values.shape[0], values.shape[1]);
        using var scope = NewDisposeScope();
        var steps = (inputs.LogProbs * inputs.Exponents).cpu().data<double>().ToArray();
        var known = values.cpu().contiguous().data<double>().ToArray();
        var mask = inputs.Mask.cpu().contiguous().data<bool>().ToArray();
        var targets = new double[steps.Length];
        var (logOne, logMany) = (Math.Log(1 - trace), Math.Log(trace));
        for (var row = 0; row < numSequences; row++)
        {
            for (var i = length - 1; i >= 0; i--)
            {
                var at = row * length + i;
                if (!mask[at]) continue;
                var goesOn = i + 1 < length && mask[at + 1];
                targets[at] = steps[at] + (goesOn ? LogAddExp(logOne + known[at + 1], logMany + targets[at + 1]) : 0);
            }
        }

        return tensor(targets).reshape(numSequences, length).to(values.device).MoveToOuterDisposeScope();
    }

    /// <summary>log(exp(left) + exp(right)) without overflow.</summary>
    public static double LogAddExp(double left, double right)
    {
        var (low, high) = left < right ? (left, right) : (right, left);
        return double.IsNegativeInfinity(low) ? high : high + Math.Log(1 + Math.Exp(low - high));
    }
}
