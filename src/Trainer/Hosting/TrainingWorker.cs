using Lhts.Telemetry;
using Lhts.Telemetry.Hosting;
using Lhts.Launching;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Stages;
using Microsoft.Extensions.Hosting;
using TorchSharp;

namespace Lhts.Trainer.Hosting;

/// <summary>Runs a recipe's stages on a thread of its own and ends the host when they are done.</summary>
public sealed class TrainingWorker(Recipe recipe, RunStart start, RankEnvironment environment, Reporting reporting, RunOutcome outcome, TelemetryServer server,
    IHostApplicationLifetime lifetime) : BackgroundService
{
    private long? stopAsked;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var asked = stoppingToken.Register(() => stopAsked = reporting.Time.GetTimestamp());
        // A thread of its own: dispose scopes belong to a thread, and a step would block a pool thread for long.
        await Task.Factory.StartNew(() => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (environment.Rank == 0) await TellTheEndAsync(stoppingToken);
        lifetime.StopApplication();
    }

    /// <summary>
    /// A run that vanishes without having said that it ended is one that somebody is called for. A stop waits for no longer than the time it has anyway.
    /// </summary>
    private async Task TellTheEndAsync(CancellationToken stop)
    {
        reporting.Meter.RecordState(outcome.ExitCode switch
        {
            ExitCode.Done => RunState.Done,
            ExitCode.Stopped => RunState.Stopped,
            _ => RunState.Failed,
        });
        var longest = recipe.Telemetry.FinalScrapeSeconds;
        if (outcome.ExitCode == ExitCode.Done) await server.WaitForScrapeAsync(TimeSpan.FromSeconds(longest), stop);
        if (outcome.ExitCode == ExitCode.Stopped) await server.WaitForScrapeAsync(TimeSpan.FromSeconds(Math.Min(longest, TimeToStop)), CancellationToken.None);
    }

    // Half of what a stop may take, less what it has taken: the other ranks and the agent end after this one.
    private double TimeToStop => Math.Max(0, (recipe.Distributed.StopTimeout / 2) - (stopAsked is { } at ? reporting.Time.GetElapsedTime(at).TotalSeconds : 0));

    private void Run(CancellationToken stop)
    {
        try
        {
            RunStages(stop);
            outcome.ExitCode = ExitCode.Done;
        }
        catch (OperationCanceledException cancelled) when (cancelled is StopException || stop.IsCancellationRequested)
        {
            reporting.Progress.WriteLine(
                RunFolder.Of(recipe).HasCheckpoint
                    ? "stopped: the last step is saved; the same command goes on from it"
                    : "stopped before there was anything to save; the same command starts the stage again");
            outcome.ExitCode = ExitCode.Stopped;
        }
        catch (Exception failure)
        {
            outcome.ExitCode = Failures.Report(failure, reporting.Health.Readiness.IsWell, RunFolder.Of(recipe).HasCheckpoint);
        }
    }

    private void RunStages(CancellationToken stop)
    {
        if (environment.ThreadsOf(recipe.Threads) is > 0 and var threads) torch.set_num_threads(threads);
        reporting.Health.ReportWork("the rendezvous");
        var ranks = Ranks.Join(environment, recipe);
        ranks.LeaderTimeout = TimeSpan.FromSeconds(recipe.Distributed.LeaderTimeout);
        ranks.Waiting = () => reporting.Health.ReportWait("rank 0 was last waited for");
        var local = recipe with { Device = environment.DeviceOf(recipe.Device) };
        var folder = RunFolder.Of(recipe, start.StartsOver);
        ranks.LeaderOnly(() => Take(folder, stop), stop, "the run folder");
        using var owner = folder.Owner;
        reporting.Meter.RecordRestarts(folder.Restarts);
        using var data = ranks.LeaderFirst(() => DataStage.Open(local, folder, reporting, stop), stop, "the data");
        var tokenizer = ranks.LeaderFirst(() => DataStage.Tokenizer(local, folder, data, reporting, stop), stop, "the tokenizer");
        if (ranks.IsLeader && !folder.IsDone)
        {
            foreach (var line in DataSummary.Of(local, data, tokenizer, stop)) reporting.Progress.WriteLine(line);
        }

        RunStages(new StageContext(local, folder, data, tokenizer, reporting, ranks), stop);
        ranks.Barrier();
        ranks.Dispose(); // not after a failure: it would wait for the ranks that are gone
    }

    /// <summary>The folder's owner may be of another host, and is then watched for a while.</summary>
    private void Take(RunFolder folder, CancellationToken stop)
    {
        reporting.Health.ReportWork("the wait for the run folder's owner");
        folder.Take(TimeSpan.FromSeconds(recipe.Distributed.HeartbeatTimeout), reporting.Time, reporting.Progress.WriteLine, stop);
        folder.Create(recipe);
    }

    private void RunStages(StageContext context, CancellationToken stop)
    {
        var folder = context.Folder;
        var teacher = TeacherStage.Run(context, stop);
        var student = StudentStage.Run(context, teacher, stop);
        context.Ranks.LeaderOnly(
            () =>
            {
                EvaluationStage.Run(context, teacher, student, stop);
                folder.Owner.Check();
                RunReport.Write([folder.Path], folder.Report);
                reporting.Progress.WriteLine($"done: everything is in {folder.Path}; {RunReport.FileName} there shows it");
            },
            stop,
            "the evaluation");
    }
}
