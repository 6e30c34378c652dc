using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Objectives.Tests;

/// <summary>The sequences of one step with random models, and ways to split them.</summary>
internal sealed record RandomStep(ObjectiveBatch Batch, Tensor StudentLogits, TeacherSignal Teacher)
{
    public const int MaxLength = 24;

    /// <summary>Some of the sequences have no valid position.</summary>
    public static RandomStep Of(int seed, int numSequences, int length, int numTokens, int hiddenSize = 3)
    {
        var random = new Random(seed);
        manual_seed(seed);
        var lengths = Enumerable.Range(0, numSequences).Select(_ => (long)random.Next(length + 1)).ToArray();
        lengths[0] = length;
        var temperatures = Enumerable.Range(0, numSequences).Select(_ => random.Next(2) == 0 ? 0.5 : 0.9).ToArray();
        var targets = randint(numTokens, new long[] { numSequences, length }, dtype: ScalarType.Int64);
        var logits = randn(numSequences, length, numTokens, dtype: ScalarType.Float64);
        var logProbs = logits.log_softmax(2).gather(2, targets.unsqueeze(2)).squeeze(2);
        return new(
            new(targets, arange(length).unsqueeze(0).lt(tensor(lengths).unsqueeze(1)), tensor(temperatures)),
            logits + 0.3 * randn(numSequences, length, numTokens, dtype: ScalarType.Float64),
            new(logProbs, logits, randn(numSequences, length, hiddenSize, dtype: ScalarType.Float64)));
    }

    /// <summary>The same with the last positions of some sequences looked ahead at, of others not; a valid position is left where there was one.</summary>
    public RandomStep WithLookAheads(int seed)
    {
        var random = new Random(seed);
        var lengths = Batch.Mask.sum(dim: 1).data<long>().ToArray();
        var numScored = Array.ConvertAll(lengths, length => length - random.Next((int)Math.Min(4, Math.Max(1, length))));
        var isScored = arange(Batch.Mask.shape[1]).unsqueeze(0).lt(tensor(numScored).unsqueeze(1)); // (B, L)
        return this with { Batch = Batch with { Mask = Batch.Mask.logical_and(isScored), LookAhead = Batch.Mask.logical_and(isScored.logical_not()) } };
    }

    /// <summary>Sequences from <paramref name="start"/> on, with that many positions of padding added.</summary>
    public RandomStep Part(int start, int count, int padding) => new(
        new(
            Padded(Batch.Targets, start, count, padding, fill: 0), Padded(Batch.Mask, start, count, padding, fill: 0),
            Batch.Temperatures.narrow(0, start, count)) { LookAhead = Batch.LookAhead is { } ahead ? Padded(ahead, start, count, padding, fill: 0) : null },
        Padded(StudentLogits, start, count, padding, fill: 0.7),
        new(
            Padded(Teacher.LogProbs, start, count, padding, fill: -9), Padded(Teacher.Logits!, start, count, padding, fill: -0.4),
            Padded(Teacher.HiddenStates!, start, count, padding, fill: 5)));

    private static Tensor Padded(Tensor values, int start, int count, int padding, double fill)
    {
        var part = values.narrow(0, start, count);
        if (padding == 0) return part;
        var shape = part.shape;
        shape[1] = padding;
        return cat(new[] { part, full(shape, fill, dtype: values.dtype) }, 1);
    }
}
