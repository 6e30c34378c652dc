using System.CommandLine;
using System.Globalization;
using Lhts.Launching;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts stop RUN</c>.</summary>
internal static class StopCommand
{
    public static Command Build()
    {
        var run = new Argument<string>("run") { Description = "The run folder, on any host that sees it." };
        var wait =
            new Option<double>("--wait") { Description = "Seconds to wait until a process of the run has heard. Default 30.", DefaultValueFactory = _ => 30 };
        var command = new Command("stop", "Ask a run to save a checkpoint and stop, all of its ranks; 'lhts train' goes on from there.") { run, wait };
        command.SetAction((arguments, _) => RunAsync(arguments.GetRequiredValue(run), arguments.GetValue(wait)));
        return command;
    }

    private static async Task<int> RunAsync(string run, double wait)
    {
        if (await StopRequest.AskAsync(run, TimeSpan.FromSeconds(wait), TimeProvider.System))
        {
            Console.WriteLine($"the run in {run} has been asked to stop: it saves the step in hand and ends with exit code {ExitCode.Stopped}");
            return ExitCode.Done;
        }

        Console.Error.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"lhts: no process of a run in '{run}' has heard within {wait} s; nothing was stopped."));
        return ExitCode.Failed;
    }
}
