using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives;

// B sequences, L positions, N rows that are computed, E width, V vocabulary.

/// <summary>
/// The last step of a student, from hidden states or logits to a loss, with its derivative written out: for
/// loss = sum_i c_i * (-log q(target_i)) + k_i * KL_i the derivative by the logits is, with q the softmax,
/// c*(q - onehot) for the likelihood, k*q*(log q - log p - KL) for KL(q||p) and k*(q - p) for KL(p||q).
/// Autograd would keep five tensors of the size of the logits. Here logits that a head makes live for some rows at a time, and of padding there are none.
/// </summary>
public static class TokenHead
{
    // 2^21 numbers are 8 MB in float32: a slice and its four temporaries stay near the caches, and a slice of any real vocabulary still has dozens of rows.
    private const long SliceElements = 1 << 21;

    // 2^25 are 134 MB: 667 rows of GPT-2's vocabulary. A product has to arrange the whole weight anew for its own use, which fewer rows would not repay.
    private const long MadeElements = 1 << 25;

    /// <summary>log q(target), without a gradient.</summary>
    /// <param name="logits">(B, L, V).</param>
    /// <param name="targets">(B, L) int64.</param>
    /// <returns>(B, L) in float32, or float64 where the logits are.</returns>
    public static Tensor LogProbs(Tensor logits, Tensor targets) => LogProbs(LogitRows.Of(logits, null), targets, read: null);

    /// <summary>log q(target), without a gradient, and never all logits at once.</summary>
    /// <param name="states">(B, L, E).</param>
    /// <param name="head">Makes logits of states.</param>
    /// <param name="targets">(B, L) int64.</param>
    /// <param name="read">(B, L) bool: the positions that are wanted; null for all.</param>
    /// <returns>(B, L) in float32, or float64 where the states are; 0 where nobody wants it.</returns>
    public static Tensor LogProbs(Tensor states, LinearHead head, Tensor targets, Tensor? read) => LogProbs(LogitRows.Of(states, head), targets, read);

    /// <summary>Log-probs of the targets, divergences and the derivative of the loss.</summary>
    /// <param name="logits">(B, L, V): the student's.</param>
    /// <param name="targets">(B, L) int64.</param>
    /// <param name="likelihoodScale">(B, L): c, zero where a position does not count.</param>
    /// <param name="divergence">The divergence's part, or null.</param>
    /// <param name="control">What is taken off c where the student already gives its token that much, or null.</param>
    public static TokenHeadResult Differentiate(
        Tensor logits, Tensor targets, Tensor likelihoodScale, TokenDivergence? divergence, TokenControl? control = null) =>
        Differentiate(LogitRows.Of(logits, null), targets, likelihoodScale, divergence, control, places: null);

    /// <summary>The same where a linear head may make the logits: then the derivative is by the student's hidden states and by the head's weight.</summary>
    /// <param name="root"><see cref="StudentStates.Root"/>.</param>
    /// <param name="student">Whose head makes the logits.</param>
    /// <param name="batch">Targets, and the positions that count: with a linear head others have log-prob, divergence and derivative 0.</param>
    /// <param name="likelihoodScale">(B, L): c.</param>
    /// <param name="divergence">The divergence's part, or null.</param>
    /// <param name="control">What is taken off c, or null.</param>
    public static TokenHeadResult Differentiate(
        Tensor root, StudentStates student, ObjectiveBatch batch, Tensor likelihoodScale, TokenDivergence? divergence, TokenControl? control = null)
    {
        using var scope = NewDisposeScope();
        var places = student.Linear is null ? null : PlacesOf(batch.Mask);
        return MoveOut(Differentiate(LogitRows.Of(root, student.Linear), batch.Targets, likelihoodScale, divergence, control, places));
    }

    private static Tensor LogProbs(LogitRows all, Tensor targets, Tensor? read)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var places = read is null ? null : PlacesOf(read);
        var rows = all.At(places);
        var flat = At(targets.reshape(-1), places);
        var logProbs = empty([flat.shape[0]], rows.Wide, rows.States.device);
        foreach (var (start, count) in Slices(rows))
        {
            using var inner = NewDisposeScope();
            logProbs.narrow(0, start, count).copy_(HeadSlice.LogProbs(rows.Slice(start, count), flat.narrow(0, start, count)));
        }

        return Spread(logProbs, places, targets.shape).MoveToOuterDisposeScope();
    }

    private static TokenHeadResult Differentiate(
        LogitRows all, Tensor targets, Tensor likelihoodScale, TokenDivergence? divergence, TokenControl? control, Tensor? places)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var student = all.At(places);
        var given = HeadSlice.Of(targets, likelihoodScale, divergence, control, places);
        var gradient = empty_like(student.States); // (N, E) or (N, V)
        var logProbs = empty([student.States.shape[0]], student.Wide, gradient.device);
        var divergences = divergence is null ? null : empty_like(logProbs);
        Tensor? ofWeight = null;
        foreach (var (start, count) in Slices(student))
        {
            using var inner = NewDisposeScope();
            var own = gradient.narrow(0, start, count);
            var slopes = given.At(start, count).Differentiate(student, start, own, out var logProb, out var kl); // (n, V)
            logProbs.narrow(0, start, count).copy_(logProb);
            divergences?.narrow(0, start, count).copy_(kl!);
            if (student.Head is not null) ofWeight = student.TakeBack(slopes, start, own, ofWeight);
        }

        return MoveOut(new(
            Spread(logProbs, places, targets.shape), divergences is null ? null : Spread(divergences, places, targets.shape),
            Spread(gradient, places, [.. targets.shape, gradient.shape[1]]))
            {
                WeightGradient = ofWeight,
            });
    }

    /// <summary>(N) int64: the places that are set, among all; null where that is all, and on other devices, which are not waited for.</summary>
    private static Tensor? PlacesOf(Tensor mask)
    {
        if (mask.device_type != DeviceType.CPU) return null;
        using var scope = NewDisposeScope();
        var flat = mask.reshape(-1);
        var places = arange(flat.shape[0]).masked_select(flat);
        return places.shape[0] == flat.shape[0] ? null : places.MoveToOuterDisposeScope();
    }

    /// <summary>The values of all rows of the wanted ones.</summary>
    internal static Tensor At(Tensor values, Tensor? places) => places is null ? values : values.index_select(0, places);

    /// <summary>Values of the wanted rows among zeros, in the shape of all.</summary>
    private static Tensor Spread(Tensor values, Tensor? places, long[] shape)
    {
        if (places is null) return values.reshape(shape);
        var numRows = shape[0] * shape[1];
        var all = values.Dimensions == 1 ? zeros([numRows], values.dtype) : zeros([numRows, values.shape[1]], values.dtype);
        return all.index_copy_(0, places, values).reshape(shape);
    }

    private static IEnumerable<(long Start, long Count)> Slices(LogitRows rows)
    {
        var numRows = rows.States.shape[0];
        var rowsPerSlice = Math.Max(1, (rows.Head is null ? SliceElements : MadeElements) / rows.Vocabulary);
        for (long start = 0; start < numRows; start += rowsPerSlice) yield return (start, Math.Min(rowsPerSlice, numRows - start));
    }

    private static TokenHeadResult MoveOut(TokenHeadResult result) =>
        new(result.LogProbs.MoveToOuterDisposeScope(), result.Kl?.MoveToOuterDisposeScope(), result.Gradient.MoveToOuterDisposeScope())
        {
            WeightGradient = result.WeightGradient?.MoveToOuterDisposeScope(),
        };
}
