using System.CommandLine;
using Lhts.Sampling;
using Lhts.Sampling.Joint;
using Lhts.Trainer.Commands.Sampling;
using Lhts.Trainer.Evaluations;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts sample MODEL</c>.</summary>
internal static class SampleCommand
{
    private const string Plain = "plain";
    private const string PowerSmcMethod = "power-smc";

    private static readonly SamplingOptions Defaults = new();
    private static readonly PowerSmcOptions JointDefaults = new();

    private static readonly Argument<string> Model = ModelArgument.Build();


    private static readonly Option<string> Prompt =
        new("--prompt") { Description = "Text to go on from. Default: none, the beginning of a document.", DefaultValueFactory = _ => "" };

    private static readonly Option<string?> Prompts = new("--prompts")
    {
        Description = "A file of prompts, - for standard input: JSON Lines {\"prompt\": ..., \"id\": ...} (id optional) or a prompt a line. Writes JSON Lines.",
    };

    private static readonly Option<int> Count = new Option<int>("--count", "-n")
    {
        Description = "Samples of each prompt. Default 4.", DefaultValueFactory = _ => 4,
    }.Within(0, OptionBounds.Many);

    private static readonly Option<string> Method = new("--method")
    {
        Description =
            $"{Plain}: token by token. {PowerSmcMethod}: whole texts of p^(1/T) without training, by sequential Monte Carlo; MODEL is p. Default {Plain}.",
        DefaultValueFactory = _ => Plain,
    };

    private static readonly Option<double> Temperature = new("--temperature")
    {
        Description = "Myopic temperature of each token's draw; 0 is greedy. Default 1.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<double?> LongHorizon = new("--long-horizon-temperature", "-T")
    {
        Description = $"Temperature of the whole text, for a student of several temperatures or with {PowerSmcMethod}; any above 0. Default: none.",
    };

    private static readonly Option<int?> TopK = new("--top-k") { Description = "Draw among the k likeliest tokens only." };

    private static readonly Option<double> TopP =
        new("--top-p") { Description = "Draw among the likeliest tokens that reach this probability. Default 1.", DefaultValueFactory = _ => 1 };

    private static readonly Option<int?> MaxTokens = new("--max-tokens") { Description = "New tokens at most. Default: until the context is full." };

    private static readonly Option<int> Batch =
        new("--batch") { Description = $"Texts drawn at a time. Default {Defaults.BatchSize}.", DefaultValueFactory = _ => Defaults.BatchSize };

    private static readonly Option<int?> Particles =
        Joint<int?>("--particles", $"particles of a run. Default {JointDefaults.NumParticles}.").Within(2, OptionBounds.Many);

    private static readonly Option<int?> Runs =
        Joint<int?>("--runs", $"independent runs; from two on log Z has an error. Default {JointDefaults.NumRuns}.").Within(1, OptionBounds.Many);

    private static readonly Option<double?> ProposalTemperature =
        Joint<double?>("--proposal-temperature", "myopic temperature of the proposal. Default: T, or 1 with --student.");

    private static readonly Option<string?> Student =
        Joint<string?>("--student", "a model or run folder whose student is the proposal. Default: none, MODEL itself.");

    private static readonly Option<bool> FixedLength =
        Joint<bool>("--fixed-length", "texts of --max-tokens tokens, without end-of-text. Default: they may end.");

    private static readonly Option<string?> DeviceName = DeviceOption.Build();

    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of the draws. Default 1.", DefaultValueFactory = _ => 1 };

    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON Lines: {\"text\": ..., \"ids\": [...], \"logProb\": ...}." };

    public static Command Build()
    {
        var command = new Command("sample", "Draw texts from a model.")
        {
            Model, Prompt, Prompts, Count, Method, Temperature, LongHorizon, TopK, TopP, MaxTokens, Batch, Particles, Runs, ProposalTemperature, Student,
            FixedLength,
            DeviceName, Seed, Json,
        };
        command.SetAction((arguments, stop) => Task.Run(() => Run(arguments, stop), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken stop)
    {
        var method = arguments.GetRequiredValue(Method);
        var faults = Faults(arguments, method).ToArray();
        if (faults.Length > 0) throw new InvalidDataException($"lhts sample: {string.Join("; ", faults)}.");

        var prompts = arguments.GetValue(Prompts) is { } path ? PromptFile.Read(path) : [new NamedPrompt(null, arguments.GetRequiredValue(Prompt))];
        using var model = SamplingModel.Load(arguments.GetRequiredValue(Model), arguments.GetValue(DeviceName));
        var isJson = arguments.GetValue(Json) || prompts[0].Id is not null;
        try
        {
            if (method == Plain) DrawPlainly(arguments, model, prompts, isJson, stop);
            else DrawJointly(arguments, model, prompts, isJson, stop);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{error.Message} The model is '{model.Folder}'.");
        }

        return ExitCode.Done;
    }

    private static void DrawPlainly(ParseResult arguments, SamplingModel model, IReadOnlyList<NamedPrompt> prompts, bool isJson, CancellationToken stop)
    {
        var options = Defaults with
        {
            Temperature = arguments.GetValue(Temperature),
            LongHorizonTemperature = arguments.GetValue(LongHorizon),
            TopK = arguments.GetValue(TopK),
            TopP = arguments.GetValue(TopP),
            MaxNewTokens = arguments.GetValue(MaxTokens),
            BatchSize = arguments.GetValue(Batch),
            Seed = (ulong)arguments.GetValue(Seed),
            EndOfText = model.Tokenizer.EndOfText,
        };
        if (Extrapolation.NoteFor(model.Model.Config, options.LongHorizonTemperature) is { } note) Console.Error.WriteLine(note);
        new PlainSampling(model, options, arguments.GetValue(Count), isJson).Run(prompts, stop);
    }

    private static void DrawJointly(ParseResult arguments, SamplingModel model, IReadOnlyList<NamedPrompt> prompts, bool isJson, CancellationToken stop)
    {
        var endOfText = model.Tokenizer.EndOfText;
        var isFixed = arguments.GetValue(FixedLength);
        var withoutText = Enumerable.Range(0, model.Model.Config.VocabularySize).Where(token => token >= model.Tokenizer.VocabularySize);
        var options = JointDefaults with
        {
            Temperature = arguments.GetValue(LongHorizon)!.Value,
            ProposalTemperature = arguments.GetValue(ProposalTemperature),
            NumParticles = arguments.GetValue(Particles) ?? JointDefaults.NumParticles,
            NumRuns = arguments.GetValue(Runs) ?? JointDefaults.NumRuns,
            MaxNewTokens = arguments.GetValue(MaxTokens),
            EndOfText = isFixed ? null : endOfText,
            BannedTokens = isFixed ? [endOfText, .. withoutText] : [.. withoutText],
            Seed = (ulong)arguments.GetValue(Seed),
        };
        using var student = arguments.GetValue(Student) is { } path ? SamplingModel.Load(path, arguments.GetValue(DeviceName)) : null;
        if (student is not null && student.Tokenizer.Fingerprint != model.Tokenizer.Fingerprint)
        {
            throw new InvalidDataException($"The student '{student.Folder}' has another tokenizer than the model '{model.Folder}'.");
        }

        new JointSampling(model, student, options, arguments.GetValue(Count), isJson).Run(prompts, stop);
    }

    private static IEnumerable<string> Faults(ParseResult arguments, string method)
    {
        if (method is not (Plain or PowerSmcMethod)) yield return $"--method is '{method}'; known ones: {Plain}, {PowerSmcMethod}";
        if (arguments.GetValue(Count) < 1) yield return $"--count is {arguments.GetValue(Count)}; it must be 1 or more";
        if (arguments.GetValue(Prompts) is not null && IsGiven(arguments, Prompt)) yield return "--prompt and --prompts were both given; give one";
        Option[] others = method == PowerSmcMethod ? [Temperature, TopK, TopP, Batch] : [Particles, Runs, ProposalTemperature, Student, FixedLength];
        foreach (var option in others)
        {
            if (IsGiven(arguments, option)) yield return $"{option.Name} is not for --method {method}";
        }

        if (method != PowerSmcMethod) yield break;
        if (arguments.GetValue(LongHorizon) is null) yield return $"--method {PowerSmcMethod} needs a temperature of the whole text: -T";
        if (arguments.GetValue(FixedLength) && arguments.GetValue(MaxTokens) is null) yield return "--fixed-length needs the length: --max-tokens";
    }

    private static bool IsGiven(ParseResult arguments, Option option) => arguments.GetResult(option) is { Implicit: false };

    private static Option<T> Joint<T>(string name, string description) => new(name) { Description = $"With {PowerSmcMethod}: {description}" };
}
