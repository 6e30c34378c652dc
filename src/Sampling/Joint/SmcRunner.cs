using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Sampling.Joint;

// N particles, V vocabulary.

/// <summary>
/// One run. With the teacher at T as proposal the weight of a step, the local normaliser, does not depend on the token that is drawn, so that it is
/// taken, and resampled by, before the draw.
/// </summary>
internal sealed class SmcRunner(PowerSmcOptions options, LogFlow? flow, CachedModel teacher, CachedModel? student, long run)
{
    // Draws of tokens take the plain seed.
    private const ulong ResamplingSeedOffset = 0x7265_7361_6D70_6C65;

    private readonly List<double> effectiveSizes = [];
    private readonly double proposalTemperature = options.ProposalTemperature ?? (student is null ? options.Temperature : 1);
    private double logZ;
    private int numResamplings;

    private bool IsAdapted => student is null && proposalTemperature.Equals(options.Temperature);

    public SmcRun Run(int[] prompt, int numNewTokens, IProgress<int>? progress, CancellationToken cancellation)
    {
        var particles = new Particles(prompt, options.NumParticles, numNewTokens);
        long[]? tokens = null;
        while (!particles.AreFinished)
        {
            cancellation.ThrowIfCancellationRequested();
            tokens = Step(particles, tokens, prompt);
            progress?.Report(particles.NumGenerated);
        }

        effectiveSizes.Add(LogWeights.EffectiveSampleSize(particles.LogWeights));
        logZ += LogWeights.LogMean(particles.LogWeights);
        return new SmcRun(particles.ToSequences(), particles.LogWeights, logZ, effectiveSizes, numResamplings);
    }

    private long[] Step(Particles particles, long[]? tokens, int[] prompt)
    {
        using var scope = NewDisposeScope();
        var (states, logits) = tokens is null ? teacher.Begin(prompt) : teacher.Step(tokens); // (N, E), (N, V)
        var (studentStates, studentLogits) = student is null ? (null, null) : tokens is null ? student.Begin(prompt) : Both(student.Step(tokens));
        LookAhead(particles, states, studentStates);
        if (IsAdapted) AddLocalNormalisers(particles, logits);
        if (ResampleIfUneven(particles) is { } ancestors)
        {
            var rows = tensor(Array.ConvertAll(ancestors, row => (long)row), device: logits.device);
            logits = logits.index_select(0, rows);
            studentLogits = studentLogits?.index_select(0, rows);
        }

        return Draw(particles, logits, studentLogits);
    }

    private long[] Draw(Particles particles, Tensor logits, Tensor? studentLogits)
    {
        var uniforms = new double[options.NumParticles];
        for (var i = 0; i < uniforms.Length; i++)
        {
            uniforms[i] = CounterRandom.Uniform(options.Seed, (run * options.NumParticles) + i, particles.NumGenerated);
        }

        var proposal = ((studentLogits ?? logits) / proposalTemperature).softmax(-1).contiguous(); // (N, V)
        var chosen = CumulativeSearch.Find(proposal, uniforms);
        if (chosen.FirstFault is >= 0 and var fault) throw NotNumbers(particles, fault);
        if (!IsAdapted) AddRatios(particles, logits, chosen);
        particles.Append(chosen, options.EndOfText);
        return chosen.Tokens;
    }

    private void LookAhead(Particles particles, Tensor states, Tensor? studentStates)
    {
        if (flow is null) return;
        var flows = flow(states, studentStates, particles.NumGenerated);
        for (var i = 0; i < flows.Length; i++)
        {
            if (!particles.HasEnded(i)) particles.TakeFlow(i, flows[i]);
        }
    }

    /// <summary>log sum over tokens of p(token | prefix)^(1/T).</summary>
    private void AddLocalNormalisers(Particles particles, Tensor logits)
    {
        var normalisers = (logits / options.Temperature).logsumexp(-1) - logits.logsumexp(-1) / options.Temperature; // (N)
        Add(particles, normalisers);
    }

    /// <summary>log p(token | prefix) / T - log q(token | prefix).</summary>
    private void AddRatios(Particles particles, Tensor logits, ChosenTokens chosen)
    {
        var tokens = tensor(chosen.Tokens, device: logits.device).unsqueeze(1); // (N, 1)
        var logProbs = logits.gather(1, tokens).squeeze(1) - logits.logsumexp(-1); // (N)
        Add(particles, logProbs / options.Temperature - tensor(Array.ConvertAll(chosen.LogProbs, value => (double)value), device: logits.device));
    }

    private static void Add(Particles particles, Tensor increments)
    {
        var values = increments.cpu().data<double>().ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            if (particles.HasEnded(i)) continue;
            if (double.IsNaN(values[i])) throw NotNumbers(particles, i);
            particles.LogWeights[i] += values[i];
        }
    }

    private int[]? ResampleIfUneven(Particles particles)
    {
        var size = LogWeights.EffectiveSampleSize(particles.LogWeights);
        effectiveSizes.Add(size);
        if (!(size < options.ResampleBelow * options.NumParticles)) return null;

        logZ += LogWeights.LogMean(particles.LogWeights);
        var uniform = CounterRandom.Uniform(unchecked(options.Seed + ResamplingSeedOffset), run, particles.NumGenerated);
        var ancestors = SystematicResampling.Ancestors(LogWeights.Normalise(particles.LogWeights), uniform);
        particles.Resample(ancestors);
        teacher.Resample(ancestors);
        student?.Resample(ancestors);
        numResamplings++;
        return ancestors;
    }

    private static (Tensor? States, Tensor? Logits) Both((Tensor States, Tensor Logits) pair) => pair;

    private static InvalidDataException NotNumbers(Particles particles, int particle) => new(
        $"The model's logits for particle {particle} at position {particles.NumGenerated} behind the prompt are not numbers. Its weights are damaged or too "
        + "large.");
}
