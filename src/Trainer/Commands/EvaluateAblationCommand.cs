using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lhts.Evaluation.Tasks;
using Lhts.Models.Gpt;
using Lhts.Telemetry;
using Lhts.Telemetry.Progress;
using Lhts.Trainer.Commands.Sampling;
using Lhts.Trainer.Evaluations;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts evaluate ablation MODEL…</c>.</summary>
internal static class EvaluateAblationCommand
{
    private static readonly TaskOptions Defaults = new();

    private static readonly double[] Sweep = [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.5, 2];

    private static readonly JsonSerializerOptions JsonOptions =
        new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static readonly Argument<string[]> Models = new("models") { Description = ModelArgument.Description, Arity = ArgumentArity.OneOrMore };

    private static readonly Option<string> Task =
        new("--task", "-q") { Description = "JSON Lines with prompt, answer and perhaps choices, or Parquet: a file, a folder or a glob.", Required = true };

    private static readonly Option<string> Checker = new("--checker")
    {
        Description = $"How an answer is checked: {string.Join(", ", AnswerCheckers.Names)}. Default exact.",
        DefaultValueFactory = _ => "exact",
    };

    private static readonly Option<double[]> Myopic = RealOption.BuildMany(
        "--temperatures", "-t", "Myopic temperatures, of the whole real line. Default 0 0.2 0.4 0.6 0.8 1 1.2 1.5 2.", Sweep);

    private static readonly Option<double[]> LongHorizon = new("--long-horizon-temperatures", "-T")
    {
        Description = "Long-horizon temperatures as well, for students of several temperatures. Default: none.", AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<int?> Questions =
        new Option<int?>("--questions") { Description = "The first so many questions. Default: all." }.Within(1, int.MaxValue);

    private static readonly Option<int> Draws = new Option<int>("--draws", "-n")
    {
        Description = $"Answers to each question at each temperature. Default {Defaults.Draws}.", DefaultValueFactory = _ => Defaults.Draws,
    }.Within(1, OptionBounds.Many);

    private static readonly Option<int?> MaxTokens = new("--max-tokens") { Description = "Tokens of an answer at most. Default: until the context is full." };

    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of all draws. Default 1.", DefaultValueFactory = _ => (long)Defaults.Seed };

    private static readonly Option<bool> Json = new("--json") { Description = "Write a JSON line for each temperature." };

    private static readonly Option<string?> Html = HtmlOption.Build();

    private static readonly Option<string?> DeviceName = DeviceOption.Build();

    public static Command Build()
    {
        var command = new Command("ablation", "Accuracy of a task against temperature, with 95 % intervals by question.")
        {
            Models, Task, Checker, Myopic, LongHorizon, Questions, Draws, MaxTokens, Seed, Json, Html, DeviceName,
        };
        command.SetAction((arguments, stop) => System.Threading.Tasks.Task.Run(() => Run(arguments, stop), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken stop)
    {
        var checker = arguments.GetRequiredValue(Checker);
        _ = AnswerCheckers.Of(checker);
        var items = TaskQuestions.Read(
            arguments.GetRequiredValue(Task), arguments.GetValue(Questions), (ulong)arguments.GetValue(Seed), TaskQuestions.DefaultPromptColumn, "text", stop);
        TaskRow[] rows = [.. arguments.GetRequiredValue(Models).SelectMany(path => Ask(path, arguments, items, checker, stop))];
        var text = Describe(rows);
        if (arguments.GetValue(Json)) WriteJson(rows);
        else Console.Write(text);
        HtmlOption.Write(arguments.GetValue(Html), "Accuracy against temperature", text, Figure(rows));
        return ExitCode.Done;
    }

    private static IReadOnlyList<TaskRow> Ask(
        string path, ParseResult arguments, IReadOnlyList<TaskItem> items, string checker, CancellationToken stop)
    {
        using var model = SamplingModel.Load(path, arguments.GetValue(DeviceName));
        var student = model.Model.Config.TemperatureConditioning == TemperatureConditioning.None ? null : model.Model;
        var longHorizon = arguments.GetRequiredValue(LongHorizon);
        if (longHorizon.Length > 0 && student is null)
        {
            throw new InvalidDataException($"The model '{model.Folder}' knows no temperatures. Leave --long-horizon-temperatures out.");
        }

        var options = new TaskOptions
        {
            Draws = arguments.GetValue(Draws), MaxTokens = arguments.GetValue(MaxTokens), EndOfText = model.Tokenizer.EndOfText,
            StudentTemperatures = longHorizon, Seed = (ulong)arguments.GetValue(Seed),
        };
        var faults = options.Faults().ToArray();
        if (faults.Length > 0) throw new InvalidDataException($"The task cannot be asked: {string.Join("; ", faults)}.");
        TaskMethod[] methods =
        [
            .. arguments.GetRequiredValue(Myopic).Select(MethodAt),
            .. longHorizon.Select(temperature => new TaskMethod(TaskMethodKind.Student, temperature)),
        ];
        return TaskMeasurer.Measure(
            path, model.Model, student, model.Tokenizer, items, checker, options, ProgressReporters.ForErrors(TimeProvider.System), stop, methods);
    }

    /// <summary>All answers at 0 are one.</summary>
    private static TaskMethod MethodAt(double temperature) =>
        new(temperature == 0 && !double.IsNegative(temperature) ? TaskMethodKind.Greedy : TaskMethodKind.Myopic, temperature);

    private static string Describe(TaskRow[] rows)
    {
        var several = rows.Select(row => row.Model).Distinct().Count() > 1;
        return Columns.Format(["temperature", "accuracy", "95 % interval", "questions", "answers"], rows.Select(row => (string[])
        [
            $"{(several ? row.Model + " " : "")}{(row.Method.Kind == TaskMethodKind.Student ? "long-horizon " : "")}"
            + Columns.Number(row.Method.Temperature, "0.###"),
            $"{row.Accuracy.Value:0.0000}", $"{row.Accuracy.Low:0.0000}-{row.Accuracy.High:0.0000}", $"{row.Scores.Count}", $"{row.Scores[0].NumAnswers}",
        ]));
    }

    private static void WriteJson(TaskRow[] rows)
    {
        foreach (var row in rows)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new
                {
                    model = row.Model, temperature = row.Method.Temperature, isLongHorizon = row.Method.Kind == TaskMethodKind.Student,
                    accuracy = row.Accuracy.Value, low = row.Accuracy.Low, high = row.Accuracy.High, questions = row.Scores.Count,
                    answers = row.Scores[0].NumAnswers,
                },
                JsonOptions));
        }
    }

    private static PlotFigure Figure(TaskRow[] rows) => new(
        "Accuracy against temperature", "temperature", "accuracy",
        [.. rows.GroupBy(row => (row.Model, IsLong: row.Method.Kind == TaskMethodKind.Student)).Select(group => new PlotCurve(
            $"{group.Key.Model}, {(group.Key.IsLong ? "long-horizon" : "myopic")}",
            [.. group.OrderBy(row => row.Method.Temperature).Select(row => (row.Method.Temperature, row.Accuracy.Value, row.StandardError))]))]);
}
