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
    public static TokenHeadResult Differentiate(Tensor logits, Tensor targets, Tensor likelihoodScale, TokenDivergence? divergence)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var rows = logits.detach().reshape(-1, logits.shape[2]); // (N, V)
        var gradient = empty_like(rows);
        var flat = new FlatRows(
            rows, targets.reshape(-1, 1), likelihoodScale.reshape(-1, 1),
            divergence?.TeacherLogits.detach().reshape(-1, logits.shape[2]), divergence?.InverseTemperatures?.reshape(-1, 1), divergence?.Scale.reshape(-1, 1),
            divergence?.Direction ?? default);
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
        var scale = rows.LikelihoodScale.to(logQ.dtype); // (n, 1)
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
        return (logQ.gather(1, rows.Targets).squeeze(1), kl);
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
        Tensor Logits, Tensor Targets, Tensor LikelihoodScale, Tensor? TeacherLogits, Tensor? InverseTemperatures, Tensor? DivergenceScale, KlDirection Direction)
    {
        public FlatRows Slice(long start, long count) => new(
            Logits.narrow(0, start, count), Targets.narrow(0, start, count), LikelihoodScale.narrow(0, start, count),
            TeacherLogits?.narrow(0, start, count), InverseTemperatures?.narrow(0, start, count), DivergenceScale?.narrow(0, start, count), Direction);
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

/// <summary>What <see cref="TokenHead.Differentiate"/> returns.</summary>
/// <param name="LogProbs">(B, L): log q(target).</param>
/// <param name="Kl">(B, L) in nats, unscaled; null without a divergence.</param>
/// <param name="Gradient">(B, L, V) in the logits' type: the derivative of the loss.</param>
public sealed record TokenHeadResult(Tensor LogProbs, Tensor? Kl, Tensor Gradient);
