using Lhts.Data.Batching;
using Lhts.Models.Gpt;
using Lhts.Sampling;
using Lhts.Telemetry;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Recipes.Yaml;
using Lhts.Trainer.Training;

namespace Lhts.Trainer.Sources;

/// <summary>Samples of the student as it is at each step.</summary>
public sealed record StudentSourceRecipe : SourceRecipe
{
    /// <summary>Samples that are drawn together, by one rank. Default 64.</summary>
    public int Batch { get; init; } = 64;

    /// <inheritdoc/>
    internal override bool IsOwnOnly => true;

    /// <inheritdoc/>
    public override ISequenceSource Build(SourceContext context) => new StudentSamples(context, Batch);

    /// <inheritdoc/>
    public override void Check(Validator validator, StudentRecipe student) => validator.Within("batch", Batch, 1, 1 << 16, "use e.g. 64");
}

/// <summary>
/// Sequences x ~ q_T of the current student, each at the temperature of its place in the step. Draws are a function of seed, step, place and position, and the same
/// places are drawn together whatever the ranks: equal weights give equal sequences at any world size, up to the rounding of unequal batches.
/// </summary>
/// <param name="context">The student, and the sequences of a step.</param>
/// <param name="batch">Samples that are drawn together.</param>
/// <param name="firstLane">The place of the first in a step: those before belong to another source.</param>
public sealed class StudentSamples(SourceContext context, int batch, int firstLane = 0) : ISequenceSource
{
    /// <summary>The source's name.</summary>
    public const string Name = "student";

    // Evaluations, temperatures and the teacher's samples draw from others.
    private const ulong SeedOffset = 0x6F776E2073656C66;

    private readonly Gpt2 student = context.Student ?? throw new InvalidOperationException("Own samples need the student.");
    private readonly TemperatureDraws temperatures = context.Temperatures ?? throw new InvalidOperationException("Own samples need temperatures.");

    /// <inheritdoc/>
    public IReadOnlyList<MicroBatch> Next(long step, CancellationToken stop)
    {
        using var measured = context.Clock?.Measure(StepPhase.Draw);
        var drawn = new List<Sequence>();
        for (var first = 0; first < context.SequencesPerStep; first += batch)
        {
            if (first / batch % context.Batches.WorldSize != context.Batches.Rank) continue;
            drawn.AddRange(Draw(step, first, Math.Min(batch, context.SequencesPerStep - first), stop));
        }

        return MicroBatchPlanner.Group(drawn, context.Batches.TokensPerMicroBatch, context.Tokenizer.EndOfText, Name);
    }

    /// <summary>Sequences of one temperature after the other, those of one temperature together.</summary>
    private IEnumerable<Sequence> Draw(long step, int first, int count, CancellationToken stop)
    {
        var lanes = Enumerable.Range(firstLane + first, count).Select(lane => (Lane: lane, Temperature: temperatures.Of(step, lane)));
        foreach (var group in lanes.GroupBy(place => place.Temperature))
        {
            var (places, number) = (group.ToArray(), step * context.SequencesPerStep);
            var sampler = new Sampler(student, OptionsAt(group.Key));
            int[][] prompts = [.. places.Select(_ => new[] { context.Tokenizer.EndOfText })];
            var samples = sampler.Sample(prompts, number + places[0].Lane, cancellation: stop);
            foreach (var (place, sample) in places.Zip(samples))
            {
                yield return new Sequence(place.Lane, number + place.Lane, Piece: 0, sample.Tokens) { Temperature = place.Temperature };
            }
        }
    }

    private SamplingOptions OptionsAt(double temperature) => new()
    {
        LongHorizonTemperature = student.Config.TemperatureConditioning == TemperatureConditioning.None ? null : temperature,
        MaxNewTokens = context.Batches.ContextLength - 1,
        EndOfText = context.HasFixedLengths ? null : context.Tokenizer.EndOfText,
        BatchSize = batch,
        Seed = unchecked(context.Seed + SeedOffset),
    };
}
