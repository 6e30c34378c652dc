using System.Diagnostics;
using System.Text.RegularExpressions;
using Lhts.Trainer;

namespace Lhts.EndToEnd.Tests;

/// <summary>What a run tells while it goes on.</summary>
[NonParallelizable]
public sealed partial class MetricsTests
{
    [Test]
    public void Endpoints_DuringARun_ShowWhatTrainingIsAbout()
    {
        using var run = new TinyRun();
        File.WriteAllText(run.RecipePath, TinyRun.Recipe(teacherSteps: "10", studentSteps: "5000", port: "0"));
        var process = run.Start("train", "recipe.yaml");
        process.WaitUntil(() => Address().IsMatch(process.Errors));
        var address = Address().Match(process.Errors).Groups[1].Value;
        var metrics = "";
        process.WaitUntil(() => (metrics = Curl($"{address}/metrics")).Contains("lhts_weight_effective_sample_size_ratio", StringComparison.Ordinal));
        var (ready, healthy) = (Curl($"{address}/readyz"), Curl($"{address}/healthz"));
        process.Terminate();
        Assert.That(process.Wait().ExitCode, Is.EqualTo(ExitCode.Stopped));

        string[] expected =
        [
            "lhts_loss", "lhts_loss_part{", "part=\"kl\"", "lhts_token_rate", "lhts_weight_clipped_ratio", "lhts_weight_effective_sample_size_ratio",
            "lhts_step_duration_seconds_bucket", "lhts_step_phase_duration_seconds_bucket", "phase=\"teacher\"", "stage=\"student\"", "run=\"tiny\"",
        ];
        Assert.Multiple(() =>
        {
            foreach (var part in expected) Assert.That(metrics, Does.Contain(part));
            Assert.That(ready, Does.StartWith("Training steps are being made"));
            Assert.That(healthy, Does.Contain("the bound is 300 s"));
        });
        Assert.That(Promtool(metrics), Is.EqualTo((0, "")));
    }

    private static string Curl(string address) => Execute("curl", ["-s", address], null).Output;

    /// <summary>Debian's promtool on a text: its exit code and what it complains of.</summary>
    private static (int ExitCode, string Output) Promtool(string metrics)
    {
        var (code, output) = Execute("promtool", ["check", "metrics"], metrics);
        return (code, output);
    }

    private static (int ExitCode, string Output) Execute(string program, string[] arguments, string? input)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    [GeneratedRegex(@"(http://127\.0\.0\.1:\d+)/metrics")]
    private static partial Regex Address();
}
