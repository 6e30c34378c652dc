using Lhts.Data.Batching;
using Lhts.Models.Gpt;
using Lhts.Sampling;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Sources;

/// <summary>
/// Sequences x ~ p for the student's steps. Sample k is the same in every run with the same seed and teacher: its draws are a function of seed, k and position,
/// and it is always drawn together with the same others, those of its chunk, since batched arithmetic rounds by the batch. A chunk
/// belongs to one rank, which alone draws it; so the step's sequences do not depend on how many ranks there are.
/// </summary>
public sealed class TeacherSamples
{
    // Evaluations and temperatures draw from the plain seed.
    private const ulong SeedOffset = 0x73616D706C6573;

    private readonly SampleSchedule schedule;
    private readonly BatchOptions options;
    private readonly Sampler sampler;
    private readonly int numDrawn;
    private readonly int chunkSize;
    private readonly int endOfText;
    private readonly SortedDictionary<long, int[][]> chunks = [];

    /// <param name="teacher">The model p.</param>
    /// <param name="settings">Buffer, refresh rate and samples of a chunk.</param>
    /// <param name="options">The whole step's sequences, context and rank.</param>
    /// <param name="endOfText">The token that begins and ends a sequence.</param>
    /// <param name="seed">Of the draws.</param>
    public TeacherSamples(Gpt2 teacher, SourceRecipe settings, BatchOptions options, int endOfText, ulong seed)
    {
        numDrawn = settings.NumDrawn(options.SequencesPerStep);
        schedule = new SampleSchedule(numDrawn, settings.Buffer, settings.Refresh ?? numDrawn);
        chunkSize = settings.Batch;
        this.options = options;
        this.endOfText = endOfText;
        var sampling = new SamplingOptions
        {
            MaxNewTokens = options.ContextLength - 1, EndOfText = endOfText, BatchSize = chunkSize, Seed = unchecked(seed + SeedOffset),
        };
        sampler = new Sampler(teacher, sampling);
    }

    /// <summary>Sequences of a step that come from the corpus.</summary>
    public int NumFromCorpus => options.SequencesPerStep - numDrawn;

    /// <summary>Samples that are held at present.</summary>
    public int NumHeld => chunks.Count * chunkSize;

    /// <summary>Puts the teacher's sequences beside those of the corpus, on lanes of their own; draws those that are not there yet.</summary>
    /// <param name="step">The step with its sequences from the corpus, if there are any.</param>
    /// <param name="stop">Ends the drawing between two tokens.</param>
    public StepBatch Complete(StepBatch step, CancellationToken stop = default)
    {
        Forget(schedule.OldestFrom(step.Step) * numDrawn);
        var drawn = new List<DrawnSequence>();
        var first = schedule.RoundOf(step.Step) * numDrawn;
        for (var i = 0; i < numDrawn; i++)
        {
            var (chunk, place) = Math.DivRem(first + i, chunkSize);
            if (chunk % options.WorldSize != options.Rank) continue;
            if (!chunks.TryGetValue(chunk, out var samples)) chunks[chunk] = samples = Draw(chunk, stop);
            drawn.Add(new DrawnSequence(NumFromCorpus + i, first + i, samples[place]));
        }

        return step.With(drawn, numDrawn, options.TokensPerMicroBatch, endOfText);
    }

    /// <summary>The steps of a run that takes nothing from the corpus, endless.</summary>
    /// <param name="start">Where the run stands.</param>
    public static IEnumerable<StepBatch> Steps(DataState start)
    {
        for (var step = start.Step; ; step++)
        {
            yield return new StepBatch { Step = step, Epoch = 0, MicroBatches = [], NextState = start with { Step = step + 1 }, NumGlobalSequences = 0 };
        }
    }

    private int[][] Draw(long chunk, CancellationToken stop)
    {
        int[][] prompts = [.. Enumerable.Range(0, chunkSize).Select(_ => new[] { endOfText })];
        return [.. sampler.Sample(prompts, chunk * chunkSize, cancellation: stop).Select(sample => sample.Tokens)];
    }

    private void Forget(long oldest)
    {
        while (chunks.Count > 0 && (chunks.Keys.First() + 1) * chunkSize <= oldest) chunks.Remove(chunks.Keys.First());
    }
}
