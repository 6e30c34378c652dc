using System.Globalization;
using Lhts.Data.Tokenizers;
using Lhts.Sampling;
using Lhts.Sampling.Joint;

namespace Lhts.Trainer.Commands.Sampling;

/// <summary><c>lhts sample --method power-smc</c>: texts of p^(1/T) from a teacher, by sequential Monte Carlo.</summary>
/// <param name="teacher">The model p.</param>
/// <param name="student">The proposal; <see langword="null"/> for the teacher itself.</param>
/// <param name="options">Temperature, particles, lengths.</param>
/// <param name="numDraws">Texts for each prompt.</param>
/// <param name="isJson">Whether a JSON line is written for each prompt.</param>
internal sealed class JointSampling(SamplingModel teacher, SamplingModel? student, PowerSmcOptions options, int numDraws, bool isJson)
{
    public void Run(IReadOnlyList<NamedPrompt> prompts, CancellationToken stop)
    {
        var smc = new PowerSmc(teacher.Model, options, student?.Model);
        var encoded = prompts.Select(prompt => teacher.Encode(prompt.Text)).ToArray();
        for (var i = 0; i < prompts.Count; i++)
        {
            var most = Math.Min(options.MaxNewTokens ?? int.MaxValue, teacher.Model.Config.NumPositions - encoded[i].Length);
            PowerSmcResult result;
            using (var progress = new DelayedProgress(TimeProvider.System, $"power SMC {i + 1}/{prompts.Count}", (long)most * options.NumRuns, "positions"))
            {
                result = smc.Run(encoded[i], (long)i * options.NumRuns, progress, stop);
            }

            Write(prompts[i], result, result.Resample(numDraws, options.Seed + (ulong)i));
        }
    }

    private void Write(NamedPrompt prompt, PowerSmcResult result, IReadOnlyList<SampledSequence> texts)
    {
        if (isJson) WriteJson(prompt, result, texts);
        else WriteText(result, texts);
    }

    private void WriteText(PowerSmcResult result, IReadOnlyList<SampledSequence> texts)
    {
        for (var i = 0; i < texts.Count; i++) Console.WriteLine($"--- {i + 1}\n{TerminalText.ForOutput(Decode(texts[i]))}");
        var error = double.IsNaN(result.LogZError) ? "one run: no standard error" : Text($"± {result.LogZError:F3}");
        Console.WriteLine(Text($"\nlog Z at T {options.Temperature}: {result.LogZ:F3} ({error})"));
        var resamplings = Text($"{result.NumResamplings} resamplings in {result.Runs.Count} runs");
        Console.WriteLine(Text($"effective sample size {result.EffectiveSampleSize:F1} of {result.Sequences.Count}, {resamplings}"));
        var ofStudent = student is null ? "" : Text($", {result.NumStudentTokens} through the student");
        Console.WriteLine(Text($"model calls: {result.NumTeacherTokens} tokens through the teacher{ofStudent}"));
    }

    private void WriteJson(NamedPrompt prompt, PowerSmcResult result, IReadOnlyList<SampledSequence> texts) => Console.WriteLine(SampleLine.ToJson(new
    {
        prompt.Id,
        Prompt = prompt.Id is null ? null : prompt.Text,
        options.Temperature,
        result.LogZ,
        LogZError = double.IsNaN(result.LogZError) ? (double?)null : result.LogZError,
        result.EffectiveSampleSize,
        NumParticles = result.Sequences.Count,
        NumRuns = result.Runs.Count,
        result.NumResamplings,
        result.NumTeacherTokens,
        result.NumStudentTokens,
        Texts = texts.Select(text => new { Text = Decode(text), Ids = text.Tokens }),
    }));

    private string Decode(SampledSequence text) => teacher.Tokenizer.Decode(text.Tokens.AsSpan(1));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
