using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Sampling;

// B rows, V vocabulary.

/// <summary>
/// The inverse of a cumulative distribution: the first index whose running sum of weights exceeds u times the whole sum. On the CPU it is read from the
/// tensor's own memory in one pass that keeps the running sum of each block only; the sums, made one after another as <c>cumsum</c> makes them, are the
/// same to the bit as with the whole (B, V) array of them, a comparison and a count, which is what other devices do.
/// </summary>
internal static class CumulativeSearch
{
    /// <summary>Weights between two sums that are kept: few enough to go over twice, many enough that keeping costs nothing.</summary>
    private const int BlockSize = 64;

    /// <summary>Rows that are summed side by side: one addition waits for the one before it, but not for another row's.</summary>
    private const int NumAbreast = 4;

    /// <summary>What a span of bytes can hold.</summary>
    private const int MaxInMemory = int.MaxValue / sizeof(double);

    /// <summary>Finds each row's index and its share of the weights.</summary>
    /// <param name="weights">(B, V) float64, contiguous, 0 or more; they need not sum to one.</param>
    /// <param name="uniforms">B numbers in [0, 1).</param>
    /// <returns>B indices and the logs of their shares; NaN where a row's sum is none.</returns>
    public static ChosenTokens Find(Tensor weights, double[] uniforms) =>
        weights.device_type == DeviceType.CPU && weights.NumberOfElements <= MaxInMemory ? FindInMemory(weights, uniforms) : FindOnDevice(weights, uniforms);

    /// <summary>The definition, as operators.</summary>
    internal static ChosenTokens FindOnDevice(Tensor weights, double[] uniforms)
    {
        using var scope = NewDisposeScope();
        var draws = tensor(uniforms, device: weights.device).unsqueeze(1); // (B, 1)
        var cumulative = weights.cumsum(-1); // (B, V)
        var total = cumulative.narrow(1, cumulative.shape[1] - 1, 1); // (B, 1)
        var chosen = cumulative.le(draws * total).sum(1, keepdim: true).clamp_max(weights.shape[1] - 1); // (B, 1)
        var logProbs = (weights.gather(1, chosen).log() - total.log()).to(ScalarType.Float32).squeeze(1); // (B)
        return new ChosenTokens(chosen.squeeze(1).cpu().data<long>().ToArray(), logProbs.cpu().data<float>().ToArray());
    }

    private static ChosenTokens FindInMemory(Tensor weights, double[] uniforms)
    {
        var numTokens = (int)weights.shape[1];
        var values = MemoryMarshal.Cast<byte, double>(weights.bytes);
        var found = new ChosenTokens(new long[uniforms.Length], new float[uniforms.Length]);
        var numBlocks = (numTokens + BlockSize - 1) / BlockSize;
        var sums = new double[NumAbreast * numBlocks]; // running sum at the end of each block, a row of them for each row abreast
        for (var first = 0; first < uniforms.Length; first += NumAbreast)
        {
            var numRows = Math.Min(NumAbreast, uniforms.Length - first);
            var rows = values.Slice(first * numTokens, numRows * numTokens);
            if (numRows == NumAbreast) SumAbreast(rows, numTokens, sums);
            else SumEach(rows, numTokens, numBlocks, sums);
            for (var i = 0; i < numRows; i++)
            {
                var (token, logProb) = Search(rows.Slice(i * numTokens, numTokens), sums.AsSpan(i * numBlocks, numBlocks), uniforms[first + i]);
                (found.Tokens[first + i], found.LogProbs[first + i]) = (token, (float)logProb);
            }
        }

        return found;
    }

    private static void SumAbreast(ReadOnlySpan<double> rows, int numTokens, double[] sums)
    {
        var row0 = rows[..numTokens];
        var row1 = rows.Slice(numTokens, numTokens);
        var row2 = rows.Slice(2 * numTokens, numTokens);
        var row3 = rows.Slice(3 * numTokens, numTokens);
        var (sum0, sum1, sum2, sum3) = (0.0, 0.0, 0.0, 0.0);
        var numBlocks = sums.Length / NumAbreast;
        for (var block = 0; block < numBlocks; block++)
        {
            var end = Math.Min(numTokens, (block + 1) * BlockSize);
            for (var i = block * BlockSize; i < end; i++)
            {
                sum0 += row0[i];
                sum1 += row1[i];
                sum2 += row2[i];
                sum3 += row3[i];
            }

            (sums[block], sums[numBlocks + block], sums[(2 * numBlocks) + block], sums[(3 * numBlocks) + block]) = (sum0, sum1, sum2, sum3);
        }
    }

    private static void SumEach(ReadOnlySpan<double> rows, int numTokens, int numBlocks, double[] sums)
    {
        for (var row = 0; row < rows.Length / numTokens; row++)
        {
            var sum = 0.0;
            for (var i = 0; i < numTokens; i++)
            {
                sum += rows[(row * numTokens) + i];
                sums[(row * numBlocks) + (i / BlockSize)] = sum;
            }
        }
    }

    private static (int Index, double LogProb) Search(ReadOnlySpan<double> weights, ReadOnlySpan<double> sums, double uniform)
    {
        var target = uniform * sums[^1];
        var block = 0;
        while (block < sums.Length - 1 && sums[block] <= target) block++;
        var sum = block == 0 ? 0 : sums[block - 1];
        var index = block * BlockSize;
        for (; index < weights.Length - 1; index++)
        {
            sum += weights[index];
            if (!(sum <= target)) break;
        }

        return (index, Math.Log(weights[index]) - Math.Log(sums[^1]));
    }
}
