using System.Text.RegularExpressions;
using Lhts.Testing;
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
        Promtool.AssertClean(metrics);
    }

    [Test]
    public void LastEvaluation_OfARunThatIsDone_StaysUntilItIsScraped()
    {
        using var run = new TinyRun();
        var recipe = TinyRun.Recipe(port: "0").Replace("telemetry: {", "telemetry: {finalScrapeSeconds: 3600, ", StringComparison.Ordinal);
        Assert.That(recipe, Does.Contain("finalScrapeSeconds"));
        File.WriteAllText(run.RecipePath, recipe);
        var process = run.Start("train", "recipe.yaml");
        process.WaitUntil(() => process.Errors.Contains("The last metrics stay until they are scraped, for at most 3600 s.", StringComparison.Ordinal));
        Assert.That(process.HasExited, Is.False, process.Errors);
        Assert.That(File.Exists(run.PathOf("run", "evaluation", "table.json")), "training and evaluation are over");

        var metrics = Curl($"{Address().Match(process.Errors).Groups[1].Value}/metrics");
        Assert.That(process.Wait().ExitCode, Is.EqualTo(ExitCode.Done), "once it is read the process ends");
        Assert.That(metrics, Does.Match(@"lhts_sample_log_likelihood\{[^}]*model=""student"""));
    }

    private static string Curl(string address) => CollectedProcess.Run("curl", "-s", address).Output;

    [GeneratedRegex(@"(http://127\.0\.0\.1:\d+)/metrics")]
    private static partial Regex Address();
}
