using Lhts.Distributed;

namespace Lhts.Scaling.Benchmarks.Model;

/// <summary>A student's step on H100s. docs/scaling.md says where each assumption comes from.</summary>
/// <param name="Shape">Student and teacher.</param>
/// <param name="SequencesOfMicroBatch">At most.</param>
/// <param name="IsRecomputed">Whether the student's blocks run forward again in backward.</param>
public sealed record Projection(GptShape Shape, int SequencesOfMicroBatch, bool IsRecomputed)
{
    /// <summary>What an H100 makes of bfloat16 products: 104 % of an A100's peak of 312e12, 33 % of its own 989e12, as nanoGPT's GPT-2 small did.</summary>
    public const double Bfloat16 = 1.04 * 312e12;

    /// <summary>What it makes of float32 products, which run beside the tensor cores: 70 % of 67e12 (assumption).</summary>
    public const double Float32 = 0.7 * 67e12;

    /// <summary>Floating-point operations in a second. Default <see cref="Bfloat16"/>: the faster, the less there is to hide communication behind.</summary>
    public double FlopsPerSecond { get; init; } = Bfloat16;

    /// <summary>float64 sums and maxima of a step, all of them latency: the count, the objective's (twice), the losses', the maxima.</summary>
    public const int NumSmallReductions = 5;

    // Norm, clip, AdamW and zeroing read or write this many float32 for each parameter; memory gives 80 % of its 3.35 TB/s (assumption).
    private const double UpdateBytes = 11 * 4;
    private const double MemoryBytesPerSecond = 0.8 * 3.35e12;
    private const double BytesOfSmallReduction = 256;

    /// <summary>The recipes' settings, and the same for a size that has no recipe.</summary>
    public static IReadOnlyList<Projection> All { get; } =
        [new(GptShape.Small, 32, false), new(GptShape.Medium, 16, true), new(GptShape.Xl, 8, true)];

    /// <summary>Seconds of the matrix products of one sequence: the teacher forward; the student forward, perhaps again, and backward.</summary>
    public double SecondsPerSequence => Shape.ForwardFlops * (1 + 1 + BackwardPasses) / FlopsPerSecond;

    /// <summary>Seconds of the update, which is not shared out.</summary>
    public double UpdateSeconds => Shape.NumParameters * UpdateBytes / MemoryBytesPerSecond;

    /// <summary>The step of some sequences over some GPUs. A GPU has whole sequences; where there are fewer than GPUs, some have none.</summary>
    public ModelledStep Step(int numGpus, int numSequences)
    {
        var cluster = new H100Cluster(numGpus);
        var sequences = SequencesPerGpu(numGpus, numSequences);
        var backward = SecondsPerSequence * BackwardPasses / (2 + BackwardPasses) * Math.Min(sequences, SequencesOfMicroBatch);
        var small = NumSmallReductions * cluster.AllReduce(BytesOfSmallReduction);
        var compute = new StepCompute((SecondsPerSequence * sequences) + UpdateSeconds + small, backward);
        return StepModel.Predict(compute, BucketPlan.Of(Shape, new BucketOptions()), cluster.AllReduce);
    }

    /// <summary>The most sequences that a GPU has.</summary>
    public static int SequencesPerGpu(int numGpus, int numSequences) => (numSequences + numGpus - 1) / numGpus;

    /// <summary>What one GPU would need for all the sequences, over what these GPUs need together.</summary>
    public double EfficiencyOf(int numGpus, int numSequences) =>
        Efficiency.Strong(Step(1, numSequences).Total, Step(numGpus, numSequences).Total, numGpus);

    private int BackwardPasses => IsRecomputed ? 3 : 2;
}
