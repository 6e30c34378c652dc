using Lhts.Data.Batching;
using Lhts.Models.Gpt;
using Lhts.Sampling;
using Lhts.Telemetry;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;
using Lhts.Trainer.Training;

namespace Lhts.Trainer.Sources;

/// <summary>Samples of the student as it is at each step, beside which documents, the teacher's samples and earlier ones of its own may stand.</summary>
public sealed record StudentSourceRecipe : TeacherSourceRecipe
{
    /// <summary>The documents' part of a step's sequences, to the nearest whole number. Default 0.</summary>
    public double CorpusShare { get; init; }

    /// <summary>The teacher's part. Default 0.</summary>
    public double TeacherShare { get; init; }

    /// <summary>The part of earlier samples, taken again from a replay buffer. Default 0.</summary>
    public double ReplayShare { get; init; }

    /// <summary>Samples that the replay buffer holds, over all ranks; the oldest go first. Default 1024.</summary>
    public int ReplayCapacity { get; init; } = 1024;

    /// <summary>
    /// The part of texts that power SMC draws of p_T from the teacher alone, for a student of one temperature: maximum likelihood on them, beside an
    /// objective for own samples, keeps the student from texts that p_T has less of. Default 0.
    /// </summary>
    public double JointShare { get; init; }

    /// <summary>Runs of 256 such texts in their pool; each of the first steps draws one. Default 16.</summary>
    public int JointRuns { get; init; } = 16;

    /// <inheritdoc/>
    internal override bool IsTeacherOnly => false;

    /// <inheritdoc/>
    internal override bool IsOwnOnly => CorpusShare == 0 && TeacherShare == 0 && ReplayShare == 0 && JointShare == 0;

    /// <inheritdoc/>
    internal override bool IsOwnOrTargetOnly => CorpusShare == 0 && TeacherShare == 0 && ReplayShare == 0;

    /// <inheritdoc/>
    internal override bool DrawsFromStudent => true;

    /// <inheritdoc/>
    public override ISequenceSource Build(SourceContext context)
    {
        var (corpus, teacher, replay, joint) = Parts(context.SequencesPerStep);
        var own = context.SequencesPerStep - corpus - teacher - replay - joint;
        ISequenceSource samples = new StudentSamples(context.ForPart(own), Batch, context.SequencesPerStep);
        if (replay > 0) samples = new ReplayBuffer(samples, context.ForPart(replay), ReplayCapacity, firstLane: own);
        if (corpus + teacher + joint == 0) return samples;
        var sources = new List<ISequenceSource> { samples };
        if (joint > 0) sources.Add(new JointSamples(context.ForPart(joint), JointRuns, firstLane: own + replay + teacher + corpus));
        if (teacher > 0) sources.Add(new TeacherSamples(context.ForPart(teacher), this, firstLane: own + replay));
        if (corpus > 0) sources.Add(new CorpusSource(context.ForPart(corpus), firstLane: own + replay + teacher));
        return new Mixture(sources);
    }

    /// <inheritdoc/>
    public override void Check(Validator validator, StudentRecipe student)
    {
        validator.Within("batch", Batch, 1, 65536, "use e.g. 64");
        validator.Within("corpusShare", CorpusShare, 0, 1, "use e.g. 0.5");
        validator.Within("teacherShare", TeacherShare, 0, 1, "use e.g. 0.2");
        validator.Within("replayShare", ReplayShare, 0, 1, "use e.g. 0.25");
        validator.Within("replayCapacity", ReplayCapacity, 1, 1 << 24, "use e.g. 1024");
        validator.Within("jointShare", JointShare, 0, 1, "use e.g. 0.33");
        validator.Within("jointRuns", JointRuns, 1, 1 << 16, "use e.g. 16");
        validator.Check(
            JointShare == 0 || student.Temperatures.IsSingle, "jointShare", JointShare, "0 for a student of several temperatures: the pool is of one",
            "give one temperature, or leave jointShare out");
        var (corpus, teacher, replay, joint) = Parts(student.Training.SequencesPerStep);
        validator.Check(
            corpus + teacher + replay + joint < student.Training.SequencesPerStep, "replayShare", ReplayShare,
            "so small that, with the other shares, some of a step's sequences are the student's", "lower the shares");
        if (teacher > 0) CheckDraws(validator, teacher);
    }

    private (int Corpus, int Teacher, int Replay, int Joint) Parts(int sequencesPerStep)
    {
        int Of(double share) => (int)Math.Round(share * sequencesPerStep, MidpointRounding.AwayFromZero);
        return (Of(CorpusShare), Of(TeacherShare), Of(ReplayShare), Of(JointShare));
    }
}

/// <summary>
/// Sequences x ~ q_T of the current student, each at the temperature of its place in the step. Draws are a function of seed, step, place and position, and the
/// same places are drawn together whatever the ranks: equal weights give equal sequences at any world size, up to the rounding of unequal batches.
/// </summary>
/// <param name="context">The student, and the sequences of a step.</param>
/// <param name="batch">Samples that are drawn together.</param>
/// <param name="numbersPerStep">Sequences of a whole step, by which samples are numbered.</param>
public sealed class StudentSamples(SourceContext context, int batch, int numbersPerStep) : ISequenceSource
{
    /// <summary>The source's name.</summary>
    public const string Name = "student";

    // Evaluations, temperatures and the teacher's samples draw from others.
    private const ulong SeedOffset = 0x6F776E2073656C66;

    private readonly Gpt2 student = context.Student ?? throw new InvalidOperationException("Own samples need the student.");
    private readonly CorpusSource? prompts = context.Data.Manifest.PromptColumn is not null ? PromptsOf(context) : null;
    private readonly TemperatureDraws temperatures = context.Temperatures ?? throw new InvalidOperationException("Own samples need temperatures.");

    /// <inheritdoc/>
    public double Epoch => prompts?.Epoch ?? 0;

    /// <inheritdoc/>
    public DataCounters? Documents => prompts?.Documents;

    /// <inheritdoc/>
    public void Save(string folder)
    {
        if (context.Batches.Rank == 0) prompts?.Save(folder);
    }

    /// <inheritdoc/>
    public void Load(string folder) => prompts?.Load(folder);

    /// <inheritdoc/>
    public void Dispose() => prompts?.Dispose();

    /// <inheritdoc/>
    public IReadOnlyList<MicroBatch> Next(long step, CancellationToken stop)
    {
        using var measured = context.Clock?.Measure(StepPhase.Draw);
        var wasTraining = student.training;
        student.eval();
        try
        {
            var chunks = Chunks(step, PromptsOf(step, stop)).ToArray();
            var drawn = new Sequence[chunks.Length][];
            // One after the other through the temperatures, since weights may move with them; those of one temperature side by side.
            foreach (var group in chunks.Index().GroupBy(chunk => chunk.Item.Places[0].Temperature))
            {
                student.SetTemperature(group.Key);
                DrawingThreads.Run(student.TokenEmbedding.device, [.. group.Select(chunk => (Action)(() => drawn[chunk.Index] = Draw(chunk.Item, stop)))]);
            }

            return MicroBatchPlanner.Group(drawn.SelectMany(chunk => chunk), context.Batches.TokensPerMicroBatch, context.Tokenizer.EndOfText, Name);
        }
        finally
        {
            student.train(wasTraining);
        }
    }

    /// <summary>
    /// This rank's places, in chunks that are drawn together: of one temperature, and the same whatever the ranks. Each has the numbers from its first on,
    /// which its random numbers depend on and no other chunk has.
    /// </summary>
    private IEnumerable<Chunk> Chunks(long step, int[][] starts)
    {
        for (var first = 0; first < context.SequencesPerStep; first += batch)
        {
            if (first / batch % context.Batches.WorldSize != context.Batches.Rank) continue;
            var lanes = Enumerable.Range(first, Math.Min(batch, context.SequencesPerStep - first))
                .Select(lane => new Place(lane, temperatures.Of(step, lane), starts[lane % starts.Length]));
            var next = first;
            foreach (var group in lanes.GroupBy(place => (place.Temperature, place.Prompt.Length)))
            {
                yield return new Chunk((step * numbersPerStep) + next, [.. group]);
                next += group.Count();
            }
        }
    }

    private Sequence[] Draw(Chunk chunk, CancellationToken stop)
    {
        var (number, places) = chunk;
        var sampler = new Sampler(student, OptionsFor(places[0]));
        var samples = sampler.Sample([.. places.Select(place => place.Prompt)], number, cancellation: stop);
        return
        [
            .. places.Zip(samples).Select((drawn, i) => new Sequence(drawn.First.Lane, number + i, Piece: 0, drawn.Second.Tokens)
            {
                Temperature = drawn.First.Temperature, DrawnLogProbs = Aligned(drawn.Second), PromptLength = drawn.Second.PromptLength,
            }),
        ];
    }

    /// <summary>What the sequences of a step go on from: the prompts of the next documents, the same on every rank, or the beginning of a text.</summary>
    private int[][] PromptsOf(long step, CancellationToken stop) => prompts is null
        ? [[context.Tokenizer.EndOfText]]
        : [.. prompts.Next(step, stop).SelectMany(batch => batch.Sequences()).OrderBy(sequence => sequence.Lane)
            .Select(sequence => sequence.Tokens[..sequence.PromptLength].ToArray())];

    private static CorpusSource PromptsOf(SourceContext context) =>
        new(context with { Batches = context.Batches with { Rank = 0, WorldSize = 1 }, Scores = null, Clock = null });

    /// <summary>Of all tokens but the first; 0 for those of the prompt.</summary>
    private static float[] Aligned(SampledSequence sample)
    {
        var aligned = new float[sample.Tokens.Length - 1];
        sample.LogProbs.CopyTo(aligned.AsSpan(sample.PromptLength - 1));
        return aligned;
    }

    private SamplingOptions OptionsFor(Place place) => new()
    {
        LongHorizonTemperature = student.Config.TemperatureConditioning == TemperatureConditioning.None ? null : place.Temperature,
        MaxNewTokens = context.Batches.ContextLength - place.Prompt.Length,
        EndOfText = context.HasFixedLengths ? null : context.Tokenizer.EndOfText,
        BatchSize = batch,
        Seed = unchecked(context.Seed + SeedOffset),
    };

    /// <summary>Places that are drawn together, and the number of their first sequence.</summary>
    private sealed record Chunk(long First, Place[] Places);

    /// <summary>A place of a step, with what its sequence goes on from.</summary>
    private sealed record Place(int Lane, double Temperature, int[] Prompt);
}
