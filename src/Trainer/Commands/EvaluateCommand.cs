using System.CommandLine;
using Lhts.Data.Tokenizers;
using Lhts.Evaluation;
using Lhts.Evaluation.Analogies;
using Lhts.Models.Gpt;
using Lhts.Telemetry.Progress;
using Lhts.Trainer.Evaluations;
using TorchSharp;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts evaluate …</c>.</summary>
internal static class EvaluateCommand
{
    private static readonly AnalogyOptions Defaults = new();

    private static readonly Argument<string[]> Models = new("models")
    {
        Description = "Model folders, or run folders, whose students are taken; the first is compared with each of the others, question by question.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Questions = new("--questions", "-q")
    {
        Description = "A file of word analogies: ': CATEGORY' lines and lines of four words (questions-words.txt).",
        Required = true,
    };

    private static readonly Option<int> PerCategory = new("--per-category")
    {
        Description = $"Questions of each category. Default {Defaults.QuestionsPerCategory}.",
        DefaultValueFactory = _ => Defaults.QuestionsPerCategory,
    };

    private static readonly Option<int> Samples = new("--samples")
    {
        Description = $"Answers drawn for each question. Default {Defaults.SamplesPerQuestion}.",
        DefaultValueFactory = _ => Defaults.SamplesPerQuestion,
    };

    private static readonly Option<double?> LongHorizon = new("--long-horizon-temperature", "-T")
    {
        Description = "Temperature of the whole text, for students of several temperatures. Default: none.",
    };

    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of questions and answers. Default 0.", DefaultValueFactory = _ => 0 };

    private static readonly Option<string?> DeviceName = DeviceOption.Build();

    public static Command Build()
    {
        var analogies =
            new Command("analogies", "The paper's task: which word pair is most analogous? Both kinds of question, at myopic temperatures 1, 0.5 and 0.")
        {
            Models, Questions, PerCategory, Samples, LongHorizon, Seed, DeviceName,
        };
        analogies.SetAction((arguments, stop) => Task.Run(() => Run(arguments, stop), CancellationToken.None));
        return new Command(
            "evaluate", "Measure models.") { analogies, EvaluateGridCommand.Build(), EvaluateTaskCommand.Build(), EvaluateAblationCommand.Build() };
    }

    private static int Run(ParseResult arguments, CancellationToken stop)
    {
        var categories = AnalogyFile.Read(arguments.GetRequiredValue(Questions));
        var options = Defaults with
        {
            QuestionsPerCategory = arguments.GetValue(PerCategory),
            SamplesPerQuestion = arguments.GetValue(Samples),
            LongHorizonTemperature = arguments.GetValue(LongHorizon),
            Seed = (ulong)arguments.GetValue(Seed),
        };
        var reporter = ProgressReporters.ForErrors(TimeProvider.System);
        var rows = new List<AnalogyRow>();
        var device = DeviceOption.Of(arguments.GetValue(DeviceName));
        foreach (var folder in arguments.GetRequiredValue(Models).Select(ModelArgument.FolderOf))
        {
            var tokenizer = TokenizerLoader.Load(folder);
            using var model = Gpt2Checkpoint.Load(folder).to(device);
            if (Extrapolation.NoteFor(model.Config, options.LongHorizonTemperature) is { } note) Console.Error.WriteLine($"{folder}: {note}");
            try
            {
                foreach (var kind in Enum.GetValues<AnalogyKind>()) rows.AddRange(Measure(folder, model, tokenizer, categories, kind, options, reporter, stop));
            }
            catch (ArgumentException error)
            {
                throw new InvalidDataException($"The model '{folder}' cannot be asked: {Hosting.Failures.TextOf(error)}");
            }
        }

        var table = new AnalogyTable(rows);
        Console.WriteLine(table.ToText());
        if (arguments.GetRequiredValue(Models).Length > 1) Console.WriteLine(table.ComparisonsToText());
        return ExitCode.Done;
    }

    private static IEnumerable<AnalogyRow> Measure(
        string name, Gpt2 model, ITokenizer tokenizer, IReadOnlyList<AnalogyCategory> categories, AnalogyKind kind, AnalogyOptions options,
        Telemetry.IProgressReporter reporter, CancellationToken stop)
    {
        var questions = AnalogyQuestions.Build(categories, kind, options);
        var evaluation = new AnalogyEvaluation(model, text => tokenizer.Encode(text), tokens => tokenizer.Decode(tokens), options);
        foreach (var temperature in options.Temperatures)
        {
            using var progress = reporter.Begin($"{kind} T {temperature}".ToLowerInvariant(), questions.Count, "questions");
            var scores = evaluation.Run(questions, temperature, new SynchronousProgress<int>(done => progress.Report(done)), stop);
            yield return new AnalogyRow(name, kind, options.LongHorizonTemperature, temperature, scores);
        }
    }
}
