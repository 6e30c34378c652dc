using Lhts.Data.Batching;
using Lhts.Models.Gpt;
using Lhts.Sampling;
using Lhts.Telemetry;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Sources;

/// <summary>Samples that the teacher draws.</summary>
public record TeacherSourceRecipe : SourceRecipe
{
    /// <summary>Samples that are kept for use again, at least those of one step. Default 512.</summary>
    public int Buffer { get; init; } = 512;

    /// <summary>
    /// Samples of the buffer that each step replaces by new ones. Default: nothing, which is as many as a step uses, so that each is used once.
    /// </summary>
    public int? Refresh { get; init; }

    /// <summary>Samples that are drawn together, by one rank. Default 32.</summary>
    public int Batch { get; init; } = 32;

    /// <inheritdoc/>
    internal override bool IsTeacherOnly => true;

    /// <inheritdoc/>
    public override ISequenceSource Build(SourceContext context) => new TeacherSamples(context, this);

    /// <inheritdoc/>
    public override void Check(Validator validator, StudentRecipe student) => CheckDraws(validator, student.Training.SequencesPerStep);

    /// <summary>Adds what is wrong with the drawing of so many samples a step.</summary>
    protected void CheckDraws(Validator validator, int numDrawn)
    {
        validator.Within("buffer", Buffer, 1, 1 << 20, "use e.g. 512");
        validator.Within("refresh", Refresh ?? numDrawn, 1, Math.Max(1, numDrawn), "more than a step uses would go unused");
        validator.Within("batch", Batch, 1, 1 << 16, "use e.g. 32");
    }
}

/// <summary>
/// Sequences x ~ p for the student's steps. Sample k is the same in every run with the same seed and teacher: its draws are a function of seed, k and position,
/// and it is always drawn together with the same others, those of its chunk, since batched arithmetic rounds by the batch. A chunk
/// belongs to one rank, which alone draws it; so the step's sequences do not depend on how many ranks there are, and nothing need be saved: the teacher is
/// frozen.
/// </summary>
public sealed class TeacherSamples : ISequenceSource
{
    /// <summary>The source's name.</summary>
    public const string Name = "teacher";

    // Evaluations and temperatures draw from the plain seed.
    private const ulong SeedOffset = 0x73616D706C6573;

    private readonly SourceContext context;
    private readonly SampleSchedule schedule;
    private readonly Sampler sampler;
    private readonly int chunkSize;
    private readonly int firstLane;
    private readonly SortedDictionary<long, int[][]> chunks = [];

    /// <param name="context">The teacher, and the sequences of a step.</param>
    /// <param name="settings">Buffer, refresh rate and samples of a chunk.</param>
    /// <param name="firstLane">The place of the first in a step: those before belong to another source.</param>
    public TeacherSamples(SourceContext context, TeacherSourceRecipe settings, int firstLane = 0)
    {
        (this.context, this.firstLane, chunkSize) = (context, firstLane, settings.Batch);
        schedule = new SampleSchedule(context.SequencesPerStep, settings.Buffer, settings.Refresh ?? context.SequencesPerStep);
        var teacher = context.Teacher ?? throw new InvalidOperationException("Samples need the teacher.");
        sampler = new Sampler(teacher, new SamplingOptions
        {
            MaxNewTokens = context.Batches.ContextLength - 1, EndOfText = context.Tokenizer.EndOfText, BatchSize = chunkSize,
            Seed = unchecked(context.Seed + SeedOffset),
        });
    }

    /// <summary>Samples that are held at present.</summary>
    public int NumHeld => chunks.Count * chunkSize;

    /// <inheritdoc/>
    public IReadOnlyList<MicroBatch> Next(long step, CancellationToken stop)
    {
        var (numDrawn, batches) = (context.SequencesPerStep, context.Batches);
        Forget(schedule.OldestFrom(step) * numDrawn);
        var drawn = new List<Sequence>();
        var first = schedule.RoundOf(step) * numDrawn;
        for (var i = 0; i < numDrawn; i++)
        {
            var (chunk, place) = Math.DivRem(first + i, chunkSize);
            if (chunk % batches.WorldSize != batches.Rank) continue;
            if (!chunks.TryGetValue(chunk, out var samples)) chunks[chunk] = samples = Draw(chunk, stop);
            drawn.Add(new Sequence(firstLane + i, first + i, Piece: 0, samples[place]));
        }

        return MicroBatchPlanner.Group(drawn, batches.TokensPerMicroBatch, context.Tokenizer.EndOfText, Name);
    }

    private int[][] Draw(long chunk, CancellationToken stop)
    {
        using var measured = context.Clock?.Measure(StepPhase.Teacher);
        int[][] prompts = [.. Enumerable.Range(0, chunkSize).Select(_ => new[] { context.Tokenizer.EndOfText })];
        return [.. sampler.Sample(prompts, chunk * chunkSize, cancellation: stop).Select(sample => sample.Tokens)];
    }

    private void Forget(long oldest)
    {
        while (chunks.Count > 0 && (chunks.Keys.First() + 1) * chunkSize <= oldest) chunks.Remove(chunks.Keys.First());
    }
}
