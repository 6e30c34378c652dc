using System.CommandLine;
using Lhts.Trainer.Commands.Sampling;
using Lhts.Trainer.Evaluations;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts sample MODEL</c>.</summary>
internal static class SampleCommand
{
    private const string Plain = "plain";

    private static readonly string[] Methods = [Plain, JointArguments.PowerSmc, JointArguments.PowerMh];

    private static readonly Argument<string> Model = ModelArgument.Build();

    private static readonly Option<string> Prompt =
        new("--prompt") { Description = "Text to go on from. Default: none, the beginning of a document.", DefaultValueFactory = _ => "" };

    private static readonly Option<string?> Prompts = new("--prompts")
    {
        Description = "A file of prompts, - for standard input: JSON Lines {\"prompt\": ..., \"id\": ..., \"longHorizonTemperature\": ...} (the last two are "
            + "optional) or a prompt a line. Writes JSON Lines.",
    };

    private static readonly Option<int> Count = new Option<int>("--count", "-n")
    {
        Description = "Samples of each prompt. Default 4.", DefaultValueFactory = _ => 4,
    }.Within(0, OptionBounds.Many);

    private static readonly Option<string> Method = new("--method")
    {
        Description =
            $"{Plain}: token by token. Whole texts of p^(1/T) without training, MODEL being p: {JointArguments.PowerSmc}, by sequential Monte Carlo, "
            + $"{JointArguments.PowerMh}, by Metropolis-Hastings over blocks. Default {Plain}.",
        DefaultValueFactory = _ => Plain,
    };

    private static readonly Option<double?> LongHorizon = new("--long-horizon-temperature", "-T")
    {
        Description =
            $"Temperature of the whole text, for a student of several temperatures or with {JointArguments.PowerSmc} or {JointArguments.PowerMh}; any above 0. "
            + "Default: none.",
    };

    private static readonly Option<int?> MaxTokens = new("--max-tokens") { Description = "New tokens at most. Default: until the context is full." };

    private static readonly Option<string[]> Allow = Tokens("--allow", "Draw these tokens only, and end-of-text");

    private static readonly Option<string[]> Ban = Tokens("--ban", "Never draw these tokens");

    private static readonly Option<string?> DeviceName = DeviceOption.Build();

    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of the draws. Default 1.", DefaultValueFactory = _ => 1 };

    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON Lines: {\"text\": ..., \"ids\": [...], \"logProb\": ...}." };

    public static Command Build()
    {
        var command = new Command("sample", "Draw texts from a model.") { Model, Prompt, Prompts, Count, Method, LongHorizon, MaxTokens, Allow, Ban };
        foreach (var option in PlainArguments.All.Concat(JointArguments.All)) command.Add(option);
        foreach (var option in (Option[])[DeviceName, Seed, Json]) command.Add(option);
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
            else DrawJointly(arguments, method, model, prompts, isJson, stop);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{error.Message} The model is '{model.Folder}'.");
        }

        return ExitCode.Done;
    }

    private static void DrawPlainly(ParseResult arguments, SamplingModel model, IReadOnlyList<NamedPrompt> prompts, bool isJson, CancellationToken stop)
    {
        var (selection, allow) = (new TokenSelection(model.Tokenizer), arguments.GetRequiredValue(Allow));
        var options = PlainArguments.Of(arguments) with
        {
            LongHorizonTemperature = arguments.GetValue(LongHorizon),
            AllowedTokens = allow.Length == 0 ? null : [.. selection.Of(allow, Allow.Name).Append(model.Tokenizer.EndOfText).Distinct()],
            BannedTokens = [.. selection.Of(arguments.GetRequiredValue(Ban), Ban.Name), .. WithoutText(model)],
            MaxNewTokens = arguments.GetValue(MaxTokens),
            Seed = (ulong)arguments.GetValue(Seed),
            EndOfText = model.Tokenizer.EndOfText,
        };
        foreach (var temperature in prompts.Select(prompt => prompt.LongHorizonTemperature ?? options.LongHorizonTemperature).Distinct())
        {
            if (Extrapolation.NoteFor(model.Model.Config, temperature) is { } note) Console.Error.WriteLine(note);
        }

        var count = arguments.GetValue(Count);
        if (PlainArguments.IsExplained(arguments)) new Explanation(model, options).Write(prompts);
        else new PlainSampling(model, options, count, PlainArguments.StopsOf(arguments), isJson).Run(prompts, stop);
    }

    private static void DrawJointly(
        ParseResult arguments, string method, SamplingModel model, IReadOnlyList<NamedPrompt> prompts, bool isJson, CancellationToken stop)
    {
        var count = arguments.GetValue(Count);
        var (temperature, most, seed) = (arguments.GetValue(LongHorizon)!.Value, arguments.GetValue(MaxTokens), (ulong)arguments.GetValue(Seed));
        int? endOfText = JointArguments.IsFixedLength(arguments) ? null : model.Tokenizer.EndOfText;
        var banned = BannedOf(arguments, model, endOfText);
        if (method == JointArguments.PowerMh)
        {
            var chains = JointArguments.MhOf(arguments, count) with
            {
                Temperature = temperature, MaxNewTokens = most, EndOfText = endOfText, BannedTokens = banned, Seed = seed,
            };
            new JointMhSampling(model, chains, count, isJson).Run(prompts, stop);
            return;
        }

        var particles = JointArguments.SmcOf(arguments) with
        {
            Temperature = temperature, MaxNewTokens = most, EndOfText = endOfText, BannedTokens = banned, Seed = seed,
        };
        using var student = JointArguments.StudentOf(arguments) is { } path ? SamplingModel.Load(path, arguments.GetValue(DeviceName)) : null;
        if (student is not null && student.Tokenizer.Fingerprint != model.Tokenizer.Fingerprint)
        {
            throw new InvalidDataException($"The student '{student.Folder}' has another tokenizer than the model '{model.Folder}'.");
        }

        new JointSampling(model, student, particles, count, isJson).Run(prompts, stop);
    }

    /// <summary>What no text has: what is banned or not allowed, tokens without text, and end-of-text in texts of a fixed length.</summary>
    private static int[] BannedOf(ParseResult arguments, SamplingModel model, int? endOfText)
    {
        var (selection, allow, end) = (new TokenSelection(model.Tokenizer), arguments.GetRequiredValue(Allow), model.Tokenizer.EndOfText);
        var banned = selection.Of(arguments.GetRequiredValue(Ban), Ban.Name).Concat(WithoutText(model));
        if (allow.Length > 0) banned = banned.Concat(Enumerable.Range(0, model.Tokenizer.VocabularySize).Except(selection.Of(allow, Allow.Name)));
        return [.. (endOfText is null ? banned.Append(end) : banned.Where(token => token != end)).Distinct()];
    }

    /// <summary>Rows of the embedding beyond the tokenizer's vocabulary.</summary>
    private static IEnumerable<int> WithoutText(SamplingModel model) =>
        Enumerable.Range(0, model.Model.Config.VocabularySize).Where(token => token >= model.Tokenizer.VocabularySize);

    private static IEnumerable<string> Faults(ParseResult arguments, string method)
    {
        if (!Methods.Contains(method)) yield return $"--method is '{method}'; known ones: {string.Join(", ", Methods)}";
        if (arguments.GetValue(Count) < 1) yield return $"--count is {arguments.GetValue(Count)}; it must be 1 or more";
        if (arguments.GetValue(Prompts) is not null && IsGiven(arguments, Prompt)) yield return "--prompt and --prompts were both given; give one";
        foreach (var option in method == Plain ? JointArguments.All : PlainArguments.All.Concat(JointArguments.NotFor(method)))
        {
            if (IsGiven(arguments, option)) yield return $"{option.Name} is not for --method {method}";
        }

        if (method == Plain) yield break;
        if (arguments.GetValue(LongHorizon) is null) yield return $"--method {method} needs a temperature of the whole text: -T";
        if (JointArguments.IsFixedLength(arguments) && arguments.GetValue(MaxTokens) is null) yield return "--fixed-length needs the length: --max-tokens";
    }

    private static bool IsGiven(ParseResult arguments, Option option) => arguments.GetResult(option) is { Implicit: false };

    private static Option<string[]> Tokens(string name, string meaning) =>
        new(name) { Description = $"{meaning}: {TokenSelection.Forms}; may stand several times. Default: none.", DefaultValueFactory = _ => [] };
}
