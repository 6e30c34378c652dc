using Lhts.Telemetry;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Stages;
using Microsoft.Extensions.Hosting;
using TorchSharp;

namespace Lhts.Trainer.Hosting;

/// <summary>Runs a recipe's stages on a thread of its own and ends the host when they are done.</summary>
public sealed class TrainingWorker(Recipe recipe, Reporting reporting, RunOutcome outcome, IHostApplicationLifetime lifetime) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A thread of its own: dispose scopes belong to a thread, and a step would block a pool thread for long.
        await Task.Factory.StartNew(() => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        lifetime.StopApplication();
    }

    private void Run(CancellationToken stop)
    {
        try
        {
            RunStages(stop);
            outcome.ExitCode = ExitCode.Done;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            reporting.Progress.WriteLine("stopped: the last step is saved; the same command goes on from it");
            outcome.ExitCode = ExitCode.Stopped;
        }
        catch (Exception failure)
        {
            outcome.ExitCode = Failures.Report(failure);
        }
    }

    private void RunStages(CancellationToken stop)
    {
        if (recipe.Threads > 0) torch.set_num_threads(recipe.Threads);
        var folder = RunFolder.Of(recipe);
        folder.Create(recipe);
        reporting.Meter.RecordRestarts(folder.Restarts);
        using var data = DataStage.Open(recipe, folder, reporting, stop);
        var tokenizer = DataStage.Tokenizer(recipe, folder, data, reporting, stop);
        var context = new StageContext(recipe, folder, data, tokenizer, reporting);
        var teacher = TeacherStage.Run(context, stop);
        var student = StudentStage.Run(context, teacher, stop);
        EvaluationStage.Run(context, teacher, student, stop);
        RunReport.Write([folder.Path], folder.Report);
        reporting.Progress.WriteLine($"done: everything is in {folder.Path}; {RunReport.FileName} there shows it");
    }
}
