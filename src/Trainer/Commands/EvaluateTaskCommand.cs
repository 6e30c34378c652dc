using System.CommandLine;
using Lhts.Data.Tokenizers;
using Lhts.Evaluation.Analogies;
using Lhts.Evaluation.Tasks;
using Lhts.Models.Gpt;
using Lhts.Telemetry;
using Lhts.Telemetry.Progress;
using Lhts.Trainer.Commands.Sampling;
using Lhts.Trainer.Evaluations;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Stages;
using TorchSharp;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts evaluate task RUN|MODEL…</c>.</summary>
internal static class EvaluateTaskCommand
{
    private static readonly TaskOptions Defaults = new();

    private static readonly Argument<string[]> Models = new("models")
    {
        Description = "Run folders, whose teacher and student are asked, or model folders; one that knows temperatures is its own student.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Task =
        new("--task", "-q")
        {
            Description = "JSON Lines with prompt and answer, Parquet (a file, a folder or a glob), or word analogies (questions-words.txt), the paper's task.",
            Required = true,
        };

    private static readonly Option<string?> Checker = new("--checker")
    {
        Description = $"How an answer is checked: {string.Join(", ", AnswerCheckers.Names)}. Default last-number; of word analogies choice.",
    };

    private static readonly Option<int?> Questions =
        new Option<int?>("--questions") { Description = "The first so many questions; of word analogies so many of each category and kind. Default: all; 100." }
            .Within(1, int.MaxValue);

    private static readonly Option<int> Draws =
        Number("--draws", "-n", $"Answers to each question by each method. Default {Defaults.Draws}.", Defaults.Draws, 1);

    private static readonly Option<double[]> Myopic =
        Temperatures("--myopic-temperatures", "-m", "Myopic temperatures of the teacher. Default 1 0.8 0.6 0.4 0.2.", Defaults.MyopicTemperatures);

    private static readonly Option<double[]> LongHorizon =
        Temperatures("--long-horizon-temperatures", "-T", "Long-horizon temperatures of the student. Default: none; of a run, its recipe's.", []);

    private static readonly Option<double[]> Smc =
        Temperatures("--smc-temperatures", "-S", "Long-horizon temperatures of power SMC with the teacher. Default: none.", []);

    private static readonly Option<int> Particles =
        Number("--particles", null, $"Particles of power SMC for one answer. Default {Defaults.Particles}.", Defaults.Particles, 2);

    private static readonly Option<int> BestOf =
        Number("--best-of", null, "Draws of best-of-n by log p and of the majority. Default 0: both left out.", 0, 0);

    private static readonly Option<int?> MaxTokens = new("--max-tokens") 
    {
        Description = $"Tokens of an answer at most. Default: until the context is full; of word analogies {AnalogyOptions.AnswerTokens}.",
    };

    private static readonly Option<bool> FixedLength =
        new("--fixed-length") { Description = "Answers fill --max-tokens or the context, without end-of-text. Default: they may end; of a run, as its data." };

    private static readonly Option<string> PromptColumn = new(
        "--prompt-column") { Description = "The column of prompts in Parquet. Default prompt.", DefaultValueFactory = _ => TaskQuestions.DefaultPromptColumn };

    private static readonly Option<string> TextColumn =
        new("--text-column") { Description = "The column of right answers in Parquet. Default text.", DefaultValueFactory = _ => "text" };

    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of all draws. Default 1.", DefaultValueFactory = _ => (long)Defaults.Seed };

    private static readonly Option<string?> DeviceName = DeviceOption.Build();

    public static Command Build()
    {
        var command = new Command(
            "task",
            "Accuracy on prompts with right answers: greedy, myopic temperatures, the student at joint ones, power SMC, best-of-n, majority, with what an "
            + "answer costs. "
            + "Of one run the table is kept in its folder: evaluation/task.json.")
        {
            Models, Task, Checker, Questions, Draws, Myopic, LongHorizon, Smc, Particles, BestOf, MaxTokens, FixedLength, PromptColumn, TextColumn, Seed,
            DeviceName,
        };
        command.SetAction((arguments, stop) => System.Threading.Tasks.Task.Run(() => Run(arguments, stop), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken stop)
    {
        var (paths, checker, path) = (arguments.GetRequiredValue(Models), CheckerOf(arguments), arguments.GetRequiredValue(Task));
        _ = AnswerCheckers.Of(checker);
        var items = TaskQuestions.Read(
            path, arguments.GetValue(Questions), (ulong)arguments.GetValue(Seed), arguments.GetRequiredValue(PromptColumn),
            arguments.GetRequiredValue(TextColumn), stop);
        var rows = new List<TaskRow>();
        foreach (var model in paths) rows.AddRange(Ask(model, arguments, items, checker, ProgressReporters.ForErrors(TimeProvider.System), stop));
        var table = new TaskTable(path, checker, rows);
        if (paths.Length == 1 && IsRun(paths[0])) TaskStep.Write(new RunFolder(paths[0]).Stage("evaluation").Path, table);
        Console.WriteLine(TaskMeasurer.Describe(table));
        return ExitCode.Done;
    }

    private static bool AsksAnalogies(ParseResult arguments) => TaskQuestions.AreAnalogies(arguments.GetRequiredValue(Task));

    private static string CheckerOf(ParseResult arguments) => arguments.GetValue(Checker) ?? (AsksAnalogies(arguments) ? "choice" : "last-number");

    private static IReadOnlyList<TaskRow> Ask(
        string path, ParseResult arguments, IReadOnlyList<TaskItem> items, string checker, IProgressReporter progress, CancellationToken stop)
    {
        var recipe = IsRun(path) ? RecipeReader.Read(new RunFolder(path).Recipe) : null;
        var teacherFolder = recipe?.Teacher.Load ?? (recipe is null ? path : FinishedIn(path, "teacher"));
        var device = DeviceOption.Of(arguments.GetValue(DeviceName));
        var tokenizer = TokenizerLoader.Load(recipe?.Tokenizer.Load ?? teacherFolder);
        using var teacher = Gpt2Checkpoint.Load(teacherFolder).to(device);
        var knowsTemperatures = teacher.Config.TemperatureConditioning != TemperatureConditioning.None;
        using var ofRun = recipe is null || !new RunFolder(path).Stage("student").IsDone ? null : Gpt2Checkpoint.Load(FinishedIn(path, "student")).to(device);
        var student = ofRun ?? (knowsTemperatures ? teacher : null);
        var options = OptionsOf(arguments, recipe, student, tokenizer.EndOfText);
        var faults = options.Faults().ToArray();
        if (faults.Length > 0) throw new InvalidDataException($"The task cannot be asked: {string.Join("; ", faults)}.");
        foreach (var note in options.StudentTemperatures.Select(asked => Extrapolation.NoteFor(student!.Config, asked)).OfType<string>())
        {
            Console.Error.WriteLine(note);
        }

        return TaskMeasurer.Measure(path, teacher, student, tokenizer, items, checker, options, progress, stop);
    }

    private static TaskOptions OptionsOf(ParseResult arguments, Recipe? recipe, Gpt2? student, int endOfText)
    {
        var given = arguments.GetRequiredValue(LongHorizon);
        if (given.Length > 0 && student is null)
        {
            throw new InvalidDataException("--long-horizon-temperatures needs a student: give a run folder with one, or a model that knows temperatures.");
        }

        var isFixed = arguments.GetValue(FixedLength) || recipe is { Data.EndWithEndOfText: false };
        return new TaskOptions
        {
            Draws = arguments.GetValue(Draws),
            MaxTokens = arguments.GetValue(MaxTokens) ?? TaskQuestions.TokensOf(arguments.GetRequiredValue(Task)),
            EndOfText = isFixed ? null : endOfText,
            MyopicTemperatures = arguments.GetRequiredValue(Myopic),
            StudentTemperatures = given.Length > 0 || student is null || recipe is null ? given : EvaluationSettings.TemperaturesOf(recipe),
            SmcTemperatures = arguments.GetRequiredValue(Smc),
            Particles = arguments.GetValue(Particles),
            BestOf = arguments.GetValue(BestOf),
            Seed = (ulong)arguments.GetValue(Seed),
        };
    }

    private static bool IsRun(string path) => File.Exists(new RunFolder(path).Recipe);

    private static string FinishedIn(string run, string stage) => new RunFolder(run).Stage(stage) is { IsDone: true } finished
        ? finished.Model
        : throw new InvalidDataException($"The run '{run}' has no finished {stage}. 'lhts train' with its recipe makes it.");

    private static Option<int> Number(string name, string? shortName, string description, int value, int min)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        if (shortName is not null) option.Aliases.Add(shortName);
        return option.Within(min, OptionBounds.Many);
    }

    private static Option<double[]> Temperatures(string name, string shortName, string description, IReadOnlyList<double> values) => new(name, shortName)
    {
        Description = description, AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. values],
    };
}
