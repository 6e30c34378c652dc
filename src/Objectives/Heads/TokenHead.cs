using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// The last step of a student, from logits to a loss, with its derivative written out: for
/// loss = sum_i c_i * (-log q(target_i)) + k_i * KL_i the derivative by the logits is, with q the softmax,
/// c*(q - onehot) for the likelihood, k*q*(log q - log p - KL) for KL(q||p) and k*(q - p) for KL(p||q).
/// Autograd would keep five tensors of the size of the logits; here it is the gradient alone, and the rest lives for a slice of rows at a time.
/// </summary>
public static class TokenHead
{
    // 2^21 numbers are 8 MB in float32: a slice and its four temporaries stay near the caches, and a slice of any real vocabulary still has dozens of rows.
    private const long SliceElements = 1 << 21;

    /// <summary>log q(target), without a gradient.</summary>
    /// <param name="logits">(B, L, V).</param>
    /// <param name="targets">(B, L) int64.</param>
    /// <returns>(B, L) in float32, or float64 where the logits are.</returns>
    public static Tensor LogProbs(Tensor logits, Tensor targets)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var rows = logits.detach().reshape(-1, logits.shape[2]); // (N, V)
        var flatTargets = targets.reshape(-1, 1); // (N, 1)
        var parts = new List<Tensor>();
        foreach (var (start, count) in Slices(rows))
        {
            using var inner = NewDisposeScope();
            var logProbs = LogSoftmax(rows.narrow(0, start, count));
            parts.Add(logProbs.gather(1, flatTargets.narrow(0, start, count)).squeeze(1).MoveToOuterDisposeScope());
        }

        return cat(parts.ToArray(), 0).reshape(targets.shape).MoveToOuterDisposeScope();
    }

    /// <summary>Log-probs of the targets, divergences and the derivative of the loss.</summary>
    /// <param name="logits">(B, L, V): the student's.</param>
    /// <param name="targets">(B, L) int64.</param>
    /// <param name="likelihoodScale">(B, L): c, zero where a position does not count.</param>
    /// <param name="divergence">The divergence's part, or null.</param>
    /// <param name="control">What is taken off c where the student already gives its token that much, or null.</param>
    public static TokenHeadResult Differentiate(
        Tensor logits, Tensor targets, Tensor likelihoodScale, TokenDivergence? divergence, TokenControl? control = null)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var rows = logits.detach().reshape(-1, logits.shape[2]); // (N, V)
        var gradient = empty_like(rows);
        var flat = new FlatRows(
            rows, targets.reshape(-1, 1), likelihoodScale.reshape(-1, 1),
            divergence?.TeacherLogits.detach().reshape(-1, logits.shape[2]), divergence?.InverseTemperatures?.reshape(-1, 1), divergence?.Scale.reshape(-1, 1),
            divergence?.Direction ?? default)
        {
            Control = control is null ? null : control with { LogProbs = control.LogProbs.reshape(-1, 1), Scale = control.Scale.reshape(-1, 1) },
        };
        var logProbs = new List<Tensor>();
        var divergences = new List<Tensor>();
        foreach (var (start, count) in Slices(rows))
        {
            using var inner = NewDisposeScope();
            var slice = flat.Slice(start, count);
            var (logProb, kl) = DifferentiateSlice(slice, gradient.narrow(0, start, count));
            logProbs.Add(logProb.MoveToOuterDisposeScope());
            if (kl is not null) divergences.Add(kl.MoveToOuterDisposeScope());
        }

        return new(
            cat(logProbs.ToArray(), 0).reshape(targets.shape).MoveToOuterDisposeScope(),
            divergences.Count == 0 ? null : cat(divergences.ToArray(), 0).reshape(targets.shape).MoveToOuterDisposeScope(),
            gradient.reshape(logits.shape).MoveToOuterDisposeScope());
    }

    private static (Tensor LogProbs, Tensor? Kl) DifferentiateSlice(FlatRows rows, Tensor gradient)
    {
        var logQ = LogSoftmax(rows.Logits); // (n, V)
        var q = logQ.exp();
        var logProbs = logQ.gather(1, rows.Targets); // (n, 1)
        var scale = rows.LikelihoodScale.to(logQ.dtype); // (n, 1)
        if (rows.Control is { } control) scale = scale - (control.Of(logProbs) * control.Scale).to(logQ.dtype);
        var derivative = q * scale;
        derivative.scatter_add_(1, rows.Targets, -scale);
        Tensor? kl = null;
        if (rows.TeacherLogits is not null)
        {
            var logP = LogSoftmax(rows.TeacherLogits, rows.InverseTemperatures).to(logQ.dtype);
            var klScale = rows.DivergenceScale!.to(logQ.dtype);
            if (rows.Direction == KlDirection.StudentTeacher)
            {
                var difference = logQ - logP;
                var sum = (q * difference).sum(dim: 1, keepdim: true); // (n, 1)
                derivative.add_(difference.sub_(sum).mul_(q).mul_(klScale));
                kl = sum.squeeze(1);
            }
            else
            {
                var p = logP.exp();
                kl = (p * logP.sub_(logQ)).sum(dim: 1);
                derivative.add_(q.sub_(p).mul_(klScale));
            }
        }

        gradient.copy_(derivative);
        return (logProbs.squeeze(1), kl);
    }

    private static Tensor LogSoftmax(Tensor logits, Tensor? factors = null)
    {
        var wide = logits.dtype == ScalarType.Float64 ? logits : logits.to(ScalarType.Float32);
        return (factors is null ? wide : wide * factors.to(wide.dtype)).log_softmax(1);
    }

    private static IEnumerable<(long Start, long Count)> Slices(Tensor rows)
    {
        var (numRows, width) = (rows.shape[0], rows.shape[1]);
        var rowsPerSlice = Math.Max(1, SliceElements / width);
        for (long start = 0; start < numRows; start += rowsPerSlice) yield return (start, Math.Min(rowsPerSlice, numRows - start));
    }

    private sealed record FlatRows(
        Tensor Logits, Tensor Targets, Tensor LikelihoodScale, Tensor? TeacherLogits, Tensor? InverseTemperatures, Tensor? DivergenceScale,
        KlDirection Direction)
    {
        public TokenControl? Control { get; init; }

        public FlatRows Slice(long start, long count) => new(
            Logits.narrow(0, start, count), Targets.narrow(0, start, count), LikelihoodScale.narrow(0, start, count),
            TeacherLogits?.narrow(0, start, count), InverseTemperatures?.narrow(0, start, count), DivergenceScale?.narrow(0, start, count), Direction)
        {
            Control = Control is null
                ? null
                : Control with { LogProbs = Control.LogProbs.narrow(0, start, count), Scale = Control.Scale.narrow(0, start, count) },
        };
    }
}

/// <summary>The divergence's part of a loss.</summary>
/// <param name="TeacherLogits">(B, L, V).</param>
/// <param name="Scale">(B, L): k, zero where a position does not count.</param>
/// <param name="Direction">Which divergence.</param>
public sealed record TokenDivergence(Tensor TeacherLogits, Tensor Scale, KlDirection Direction)
{
    /// <summary>(B, L): what the teacher's logits are multiplied by, in float32 or wider, before their softmax. Default null: nothing.</summary>
    public Tensor? InverseTemperatures { get; init; }
}

/// <summary>
/// A control variate of a weighted likelihood: r = q(x_i|prefix) / p(x_i|prefix), whose product with the derivative of log q has the mean
/// zero under x_i ~ p, whatever q is. Weights less r leave the expected gradient as it is, and vanish where the student has learnt them.
/// </summary>
/// <param name="LogProbs">(B, L): log p of the targets.</param>
/// <param name="Scale">(B, L): what r is multiplied by, zero where a position does not count.</param>
/// <param name="Clip">Upper bound of log r, the weights' own, so that a clipped weight too can be learnt; null for none.</param>
public sealed record TokenControl(Tensor LogProbs, Tensor Scale, double? Clip)
{
    /// <summary>r in float64, of the shape of <see cref="LogProbs"/>.</summary>
    /// <param name="studentLogProbs">log q of the targets.</param>
    public Tensor Of(Tensor studentLogProbs)
    {
        using var scope = NewDisposeScope();
        var ratio = studentLogProbs.to(ScalarType.Float64) - LogProbs.to(ScalarType.Float64);
        if (Clip is { } bound) ratio = ratio.clamp_max(bound);
        return ratio.exp().MoveToOuterDisposeScope();
    }
}

/// <summary>What <see cref="TokenHead.Differentiate"/> returns.</summary>
/// <param name="LogProbs">(B, L): log q(target).</param>
/// <param name="Kl">(B, L) in nats, unscaled; null without a divergence.</param>
/// <param name="Gradient">(B, L, V) in the logits' type: the derivative of the loss.</param>
public sealed record TokenHeadResult(Tensor LogProbs, Tensor? Kl, Tensor Gradient);
