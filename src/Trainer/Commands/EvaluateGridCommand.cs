using System.CommandLine;
using System.Globalization;
using Lhts.Basics;
using Lhts.Data.Tokenizers;
using Lhts.Evaluation.Grid;
using Lhts.Models.Gpt;
using Lhts.Telemetry;
using Lhts.Telemetry.Progress;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Stages;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts evaluate grid RUN</c>.</summary>
internal static class EvaluateGridCommand
{
    private static readonly GridOptions Defaults = new();

    private static readonly Argument<string> Run = new("run") { Description = "A finished run's folder, or its recipe." };

    private static readonly Option<double[]> LongHorizon =
        Temperatures("--long-horizon-temperatures", "-T", "Long-horizon temperatures of the student: the rows.");

    private static readonly Option<double[]> Myopic = Temperatures("--myopic-temperatures", "-m", "Myopic temperatures of student and teacher: the columns.");

    private static readonly Option<int> Samples = new Option<int>("--samples", "-n")
    {
        Description = $"Texts of each cell. Default {Defaults.NumSamples}.",
        DefaultValueFactory = _ => Defaults.NumSamples,
    }.Within(1, OptionBounds.Many);

    private static readonly Option<int?> MaxTokens = new("--max-tokens") { Description = "Tokens of a text at most. Default: until the context is full." };

    private static readonly Option<int> BatchSize = new("--batch-size")
    {
        Description = $"Texts drawn at a time. Default {Defaults.BatchSize}.",
        DefaultValueFactory = _ => Defaults.BatchSize,
    };

    private static readonly Option<long> Seed =
        new("--seed") { Description = "Seed of texts and intervals. Default 1.", DefaultValueFactory = _ => (long)Defaults.Seed };

    private static readonly Option<string?> DeviceName = DeviceOption.Build("the recipe's");

    public static Command Build()
    {
        var command = new Command(
            "grid",
            "Likelihood and diversity over long-horizon and myopic temperatures, beside the teacher's own myopic curve. Needs a student of several "
            + "temperatures. "
            + "Writes grid.txt and grid.json to the run's folder 'grid'; when stopped (Ctrl-C, SIGTERM: exit code 3), the same command goes on with the next "
            + "cell.")
        {
            Run, LongHorizon, Myopic, Samples, MaxTokens, BatchSize, Seed, DeviceName,
        };
        command.SetAction((arguments, stop) => Task.Run(() => Measure(arguments, stop), CancellationToken.None));
        return command;
    }

    private static int Measure(ParseResult arguments, CancellationToken stop)
    {
        var recipe = RecipeArguments.Open(arguments.GetRequiredValue(Run)).Value;
        var folder = RunFolder.Of(recipe);
        var options = OptionsOf(arguments);
        var (teacher, student) = (recipe.Teacher.Load ?? FinishedIn(folder, "teacher"), FinishedIn(folder, "student"));
        if (recipe.Threads > 0) set_num_threads(recipe.Threads);
        var device = DeviceOption.Of(arguments.GetValue(DeviceName), recipe.Device);
        using var p = Gpt2Checkpoint.Load(teacher).to(device);
        using var q = Gpt2Checkpoint.Load(student).to(device);
        if (q.Config.TemperatureConditioning == TemperatureConditioning.None)
        {
            throw new InvalidDataException(
                $"The student '{student}' has one temperature, so that there is no grid. Train one with several: student.temperatures.");
        }

        var output = folder.Stage("grid").Path;
        var tokenizer = TokenizerLoader.Load(student);
        var measurer = new GridMeasurer(p, q, tokenizer.EndOfText, tokens => tokenizer.Decode(tokens), options);
        var cells = new GridCellFiles(Path.Combine(output, "cells"), FingerprintOf(teacher, student, options));
        var grid = TemperatureGrid.Of(options, Cells(measurer, cells, options, stop));
        Write(output, "grid.json", grid.ToJson());
        Write(output, "grid.txt", grid.ToText());
        Console.Write(grid.ToText());
        return ExitCode.Done;
    }

    private static List<GridCell> Cells(GridMeasurer measurer, GridCellFiles files, GridOptions options, CancellationToken stop)
    {
        var keys = options.Keys().ToArray();
        var cells = keys.Select(files.Find).OfType<GridCell>().ToList();
        var missing = keys.Except(cells.Select(cell => cell.Key)).ToArray();
        using var progress = ProgressReporters.ForErrors(TimeProvider.System).Begin("grid", keys.Length, "cells", cells.Count);
        foreach (var key in missing)
        {
            var cell = measurer.Measure(key, stop);
            files.Save(cell);
            cells.Add(cell);
            progress.Report(cells.Count, FiguresOf(cell));
        }

        return cells;
    }

    private static ProgressFigure[] FiguresOf(GridCell cell)
    {
        var myopic = new ProgressFigure("myopic T", cell.Key.MyopicTemperature);
        var likelihood = new ProgressFigure("log p/token", cell.LogLikelihood);
        return cell.Key.LongHorizonTemperature is { } value ? [new ProgressFigure("T", value), myopic, likelihood] : [myopic, likelihood];
    }

    private static string FinishedIn(RunFolder folder, string stage) => folder.Stage(stage) is { IsDone: true } finished
        ? finished.Model
        : throw new InvalidDataException($"The run '{folder.Path}' has no finished {stage}. 'lhts train' with its recipe makes it.");

    private static GridOptions OptionsOf(ParseResult arguments)
    {
        var options = new GridOptions
        {
            LongHorizonTemperatures = arguments.GetRequiredValue(LongHorizon),
            MyopicTemperatures = arguments.GetRequiredValue(Myopic),
            NumSamples = arguments.GetValue(Samples),
            MaxNewTokens = arguments.GetValue(MaxTokens),
            BatchSize = arguments.GetValue(BatchSize),
            Seed = (ulong)arguments.GetValue(Seed),
        };
        var faults = options.Faults().ToArray();
        return faults.Length == 0 ? options : throw new InvalidDataException($"The grid cannot be measured: {string.Join("; ", faults)}.");
    }

    /// <summary>What decides a cell besides its temperatures; batches do so up to rounding only.</summary>
    private static string FingerprintOf(string teacher, string student, GridOptions options) => StageFolder.FingerprintOf(string.Create(
        CultureInfo.InvariantCulture,
        $"{FrozenTeacher.FingerprintOf(teacher)}\n{FrozenTeacher.FingerprintOf(student)}\n{options.NumSamples}\n{options.MaxNewTokens}\n{options.Seed}\n"));

    private static void Write(string folder, string name, string text) =>
        AtomicFile.WriteAllText(Path.Combine(folder, name), text);

    private static Option<double[]> Temperatures(string name, string shortName, string description) => new(name, shortName)
    {
        Description = $"{description} Default 0.1 0.2 ... 1.0.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [.. Defaults.MyopicTemperatures],
    };
}
