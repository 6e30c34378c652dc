using System.CommandLine;
using Lhts.Telemetry;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts report RUN…</c>.</summary>
internal static class ReportCommand
{
    public static Command Build()
    {
        var runs = new Argument<string[]>("runs") { Description = "One run folder, or several to compare.", Arity = ArgumentArity.OneOrMore };
        var output =
            new Option<string?>("--output", "-o") { Description = $"The page to write. Default: {RunReport.FileName} in the run folder; with several, here." };
        var command = new Command("report", "Write a self-contained page of a run, or of several side by side.") { runs, output };
        command.SetAction(arguments =>
        {
            var folders = arguments.GetRequiredValue(runs);
            if (folders.FirstOrDefault(folder => Directory.Exists(folder) && !IsRun(folder)) is { } other)
            {
                throw new InvalidDataException($"'{other}' is no run folder: nothing was trained in it. Give the folder that 'lhts train' made.");
            }

            var path = arguments.GetValue(output) ?? (folders.Length == 1 ? Path.Combine(folders[0], RunReport.FileName) : RunReport.FileName);
            RunReport.Write(folders, path);
            Console.WriteLine(path);
            return ExitCode.Done;
        });
        return command;
    }

    private static bool IsRun(string folder) => new RunFolder(folder) is var run && (run.IsRun || File.Exists(run.Metrics));
}
