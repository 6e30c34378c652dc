using Lhts.Models.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Sampling.Joint;

/// <summary>
/// Draws texts from <c>p_T = p^(1/T) / Z_T</c> without training, by sequential Monte Carlo: particles grow token by token from a proposal, are weighted by
/// <c>p^(1/T) / q</c>, and are resampled where few of them carry most of the weight (Del Moral, Doucet, Jasra 2006; for power distributions of language
/// models arXiv 2602.10273). The proposal is the teacher at a myopic temperature, or a student of p_T, optionally with a look-ahead.
/// </summary>
public sealed class PowerSmc
{
    private readonly Gpt2 teacher;
    private readonly Gpt2? student;
    private readonly PowerSmcOptions options;
    private readonly LogFlow? flow;

    /// <summary>A sampler of a teacher's p_T; dropout is switched off while it runs.</summary>
    /// <param name="teacher">The model p.</param>
    /// <param name="options">Temperature, particles, lengths.</param>
    /// <param name="student">The proposal, told T where it knows temperatures. Default: none, the teacher itself.</param>
    /// <param name="flow">Look-ahead in the weights of unfinished texts. Default: none.</param>
    /// <exception cref="ArgumentException">The options have faults, all of which are named, or the student has another vocabulary.</exception>
    public PowerSmc(Gpt2 teacher, PowerSmcOptions options, Gpt2? student = null, LogFlow? flow = null)
    {
        var faults = options.Faults(teacher.Config.VocabularySize).ToList();
        if (student is not null && student.Config.VocabularySize != teacher.Config.VocabularySize)
        {
            faults.Add($"the student has {student.Config.VocabularySize} tokens and the teacher {teacher.Config.VocabularySize}; they must be the same");
        }

        if (faults.Count > 0) throw new ArgumentException("Power SMC: " + string.Join("; ", faults) + ".", nameof(options));
        (this.teacher, this.options, this.student, this.flow) = (teacher, options, student, flow);
    }

    /// <summary>Runs as often as the options say.</summary>
    /// <param name="prompt">What every text begins with: at least one token, and fewer than the context.</param>
    /// <param name="firstRun">The number of the first run; the others follow. Equal numbers give equal draws.</param>
    /// <param name="progress">Told how many positions are done, of runs times new tokens.</param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    /// <exception cref="ArgumentException">The prompt does not fit, or holds a token that the model does not have.</exception>
    /// <exception cref="InvalidDataException">The model's logits are not numbers.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public PowerSmcResult Run(int[] prompt, long firstRun = 0, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        var numNewTokens = JointPrompt.NumNewTokens(teacher.Config, prompt, options.MaxNewTokens, student?.Config.NumPositions);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var mask = JointPrompt.BannedMask(teacher, options.BannedTokens);
        var runs = new List<SmcRun>();
        var (numTeacher, numStudent) = (0L, 0L);
        var (teacherTrains, studentTrains) = (teacher.training, student?.training ?? false);
        teacher.eval();
        student?.eval();
        teacher.SetTemperature(1);
        student?.SetTemperature(options.Temperature);
        try
        {
            for (var run = 0; run < options.NumRuns; run++)
            {
                using var p = new CachedModel(teacher, TemperatureFor(teacher), mask, options.NumParticles, prompt.Length + numNewTokens);
                using var q = student is null
                    ? null
                    : new CachedModel(student, TemperatureFor(student), mask, options.NumParticles, prompt.Length + numNewTokens);
                var done = run * numNewTokens;
                var relay = progress is null ? null : new Offset(progress, done);
                runs.Add(new SmcRunner(options, flow, p, q, firstRun + run).Run(prompt, numNewTokens, relay, cancellation));
                numTeacher += p.NumTokens;
                numStudent += q?.NumTokens ?? 0;
            }
        }
        finally
        {
            teacher.train(teacherTrains);
            student?.train(studentTrains);
        }

        return new PowerSmcResult(runs, numTeacher, numStudent);
    }

    /// <summary>A teacher is asked at T = 1, a student at T.</summary>
    private double? TemperatureFor(Gpt2 model) =>
        model.Config.TemperatureConditioning == TemperatureConditioning.None ? null : ReferenceEquals(model, student) ? options.Temperature : 1;

    private sealed class Offset(IProgress<int> progress, int before) : IProgress<int>
    {
        public void Report(int value) => progress.Report(before + value);
    }
}
