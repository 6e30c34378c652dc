using Lhts.Data.Batching;
using Lhts.Sampling;
using Lhts.Sampling.Joint;
using Lhts.Telemetry;

namespace Lhts.Trainer.Sources;

/// <summary>
/// Texts of p_T itself, as far as power SMC on the frozen teacher finds them, for a student of one temperature. They come from a pool of independent runs, one
/// of which is added by each of the first steps; which texts a step takes is a function of seed, step and place. A run belongs to one rank, which alone draws
/// it, and depends on the seed and its number: nothing need be saved.
/// </summary>
public sealed class JointSamples : ISequenceSource
{
    /// <summary>The source's name.</summary>
    public const string Name = "joint";

    private const int TextsPerRun = 256;

    private const ulong SeedOffset = 0x6A6F696E74;

    private readonly SourceContext context;
    private readonly int numRuns;
    private readonly int firstLane;
    private readonly PowerSmc smc;
    private readonly Dictionary<int, int[][]> runs = [];

    /// <param name="context">The teacher, the temperature, and the part of a step that comes from the pool.</param>
    /// <param name="numRuns">Runs of the pool, of 256 texts each.</param>
    /// <param name="firstLane">The place of the first in a step: those before belong to another source.</param>
    public JointSamples(SourceContext context, int numRuns, int firstLane)
    {
        (this.context, this.numRuns, this.firstLane) = (context, numRuns, firstLane);
        var teacher = context.Teacher ?? throw new InvalidOperationException("Texts of p_T need the teacher.");
        var temperatures = context.Temperatures ?? throw new InvalidOperationException("Texts of p_T need a temperature.");
        smc = new PowerSmc(teacher, new PowerSmcOptions
        {
            Temperature = temperatures.Of(0, 0),
            NumParticles = TextsPerRun,
            NumRuns = 1,
            MaxNewTokens = context.Batches.ContextLength - 1,
            EndOfText = context.HasFixedLengths ? null : context.Tokenizer.EndOfText,
            Seed = unchecked(context.Seed + SeedOffset),
        });
    }

    /// <summary>Runs that this rank holds.</summary>
    public int NumHeld => runs.Count;

    /// <inheritdoc/>
    public IReadOnlyList<MicroBatch> Next(long step, CancellationToken stop)
    {
        var batches = context.Batches;
        var numTexts = Math.Min(numRuns, step + 1) * TextsPerRun;
        var taken = new List<Sequence>();
        for (var lane = firstLane; lane < firstLane + context.SequencesPerStep; lane++)
        {
            var number = (long)(CounterRandom.Uniform(unchecked(context.Seed + SeedOffset), step, lane) * numTexts);
            var (run, place) = Math.DivRem(number, TextsPerRun);
            if (run % batches.WorldSize == batches.Rank) taken.Add(new Sequence(lane, number, Piece: 0, TextsOf((int)run, stop)[place]));
        }

        return MicroBatchPlanner.Group(taken, batches.TokensPerMicroBatch, context.Tokenizer.EndOfText, Name);
    }

    private int[][] TextsOf(int run, CancellationToken stop)
    {
        if (runs.TryGetValue(run, out var texts)) return texts;
        using var measured = context.Clock?.Measure(StepPhase.Draw);
        var result = smc.Run([context.Tokenizer.EndOfText], firstRun: run, cancellation: stop);
        return runs[run] = [.. result.Resample(TextsPerRun, unchecked(context.Seed + (ulong)run)).Select(text => text.Tokens)];
    }
}
