namespace Lhts.Scaling.Benchmarks.Model;

/// <summary>What is kept in a GPU's memory, and shared out over how many.</summary>
public enum Sharding
{
    /// <summary>Everything on every GPU.</summary>
    None,

    /// <summary>AdamW's two means shared out (ZeRO-1): what <c>distributed.shardOptimizer</c> does.</summary>
    Optimizer,

    /// <summary>Gradients too (ZeRO-2).</summary>
    Gradients,

    /// <summary>Parameters too, those of the frozen teacher included (ZeRO-3).</summary>
    Parameters,
}

/// <summary>Bytes in a GPU's memory for student and teacher in float32 (Rajbhandari et al. 2020, section 3.1, without its 16-bit copies).</summary>
public static class Memory
{
    private const double BytesOfNumber = 4;
    private const double BytesOfActivations = 34;
    private const double BytesOfScores = 5;
    private const int WidthOfHead = 64;

    /// <summary>Parameters, gradients, AdamW's means and the teacher.</summary>
    public static double States(GptShape shape, Sharding sharding, int numGpus)
    {
        double Kept(double numbers, Sharding from) => numbers * BytesOfNumber * shape.NumParameters / (sharding >= from ? numGpus : 1);
        return Kept(2, Sharding.Parameters) + Kept(1, Sharding.Gradients) + Kept(2, Sharding.Optimizer);
    }

    /// <summary>
    /// Activations of one sequence: twice the bytes that Korthikanti et al. 2022 (equation 2) count for 16 bits, of all blocks or, where blocks run again
    /// in backward, of one block and every block's input; and the logits three times.
    /// </summary>
    public static double Activations(GptShape shape, bool isRecomputed)
    {
        double positions = shape.Context;
        var heads = (double)shape.Width / WidthOfHead;
        var block = 2 * positions * ((BytesOfActivations * shape.Width) + (BytesOfScores * heads * shape.Context));
        var blocks = isRecomputed ? block + (shape.Layers * positions * shape.Width * BytesOfNumber) : shape.Layers * block;
        return blocks + (3 * positions * shape.Vocabulary * BytesOfNumber);
    }
}
