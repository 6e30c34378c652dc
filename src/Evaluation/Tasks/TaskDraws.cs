using Lhts.Models.Gpt;
using Lhts.Sampling;
using Lhts.Sampling.Joint;

namespace Lhts.Evaluation.Tasks;

/// <summary>Draws answers by a method.</summary>
/// <param name="teacher">The model p.</param>
/// <param name="student">The model of p_T; null where there is none.</param>
/// <param name="options">Lengths, answers to a question, seed.</param>
internal sealed class TaskDraws(Gpt2 teacher, Gpt2? student, TaskOptions options)
{
    /// <summary>
    /// Each prompt's draws: for every answer as many as the method has, but only those that a particle filter keeps. And the tokens that go through a model for
    /// answers that are asked for one at a time: the prompt once for each, however many draws share its keys and values.
    /// </summary>
    public (IReadOnlyList<SampledSequence[]> Draws, long NumTokens) Draw(
        IReadOnlyList<int[]> prompts, TaskMethod method, IProgress<int>? progress, CancellationToken cancellation) =>
        method.Kind == TaskMethodKind.PowerSmc
            ? DrawParticles(prompts, method, progress, cancellation)
            : DrawPlain(prompts, method, progress, cancellation);

    private (IReadOnlyList<SampledSequence[]> Draws, long NumTokens) DrawPlain(
        IReadOnlyList<int[]> prompts, TaskMethod method, IProgress<int>? progress, CancellationToken cancellation)
    {
        var isStudent = method.Kind == TaskMethodKind.Student;
        var model = isStudent ? student ?? throw new InvalidOperationException("There is no student to draw from.") : teacher;
        var numDraws = method.Kind == TaskMethodKind.Greedy ? 1 : options.Draws * method.NumDraws;
        var sampler = new Sampler(model, new SamplingOptions
        {
            Temperature = isStudent ? 1 : method.Temperature,
            LongHorizonTemperature = isStudent && model.Config.TemperatureConditioning != TemperatureConditioning.None ? method.Temperature : null,
            MaxNewTokens = options.MaxTokens,
            EndOfText = options.EndOfText,
            BatchSize = options.BatchSize,
            Seed = options.Seed,
        });
        // Equal prompts stand side by side, so that those of a batch go through the model once.
        var samples = sampler.Sample(
            [.. prompts.SelectMany(prompt => Enumerable.Repeat(prompt, numDraws))], 0, Answers(progress, method.NumDraws), cancellation);
        SampledSequence[][] draws = [.. samples.Chunk(numDraws)];
        var numAnswers = numDraws / method.NumDraws;
        return (draws, (numAnswers * prompts.Sum(prompt => (long)prompt.Length)) + samples.Sum(sample => (long)sample.Generated.Length - 1));
    }

    /// <summary>One text of each of as many runs as there are answers, so that answers to a question are independent.</summary>
    private (IReadOnlyList<SampledSequence[]> Draws, long NumTokens) DrawParticles(
        IReadOnlyList<int[]> prompts, TaskMethod method, IProgress<int>? progress, CancellationToken cancellation)
    {
        var smc = new PowerSmc(teacher, new PowerSmcOptions
        {
            Temperature = method.Temperature, NumParticles = method.NumDraws, NumRuns = options.Draws, MaxNewTokens = options.MaxTokens,
            EndOfText = options.EndOfText, Seed = options.Seed,
        });
        var (draws, numTokens) = (new SampledSequence[prompts.Count][], 0L);
        for (var i = 0; i < draws.Length; i++)
        {
            var result = smc.Run(prompts[i], (long)i * options.Draws, cancellation: cancellation);
            draws[i] = [.. result.Runs.Select((run, k) => new PowerSmcResult([run], 0, 0).Resample(1, Mix(options.Seed, i, k))[0])];
            progress?.Report((i + 1) * options.Draws);
            numTokens += result.NumTeacherTokens + result.NumStudentTokens;
        }

        return (draws, numTokens);
    }

    /// <summary>Passes on how many answers so many draws make.</summary>
    private static Every? Answers(IProgress<int>? progress, int numDraws) => progress is null ? null : new Every(progress, numDraws);

    private static ulong Mix(ulong seed, long prompt, long run) => (ulong)(CounterRandom.Uniform(seed, prompt, run) * (1L << 52));

    private sealed class Every(IProgress<int> progress, int numDraws) : IProgress<int>
    {
        public void Report(int value) => progress.Report(value / numDraws);
    }
}
