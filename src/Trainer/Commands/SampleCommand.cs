using System.CommandLine;
using System.Text.Json;
using Lhts.Data.Tokenizers;
using Lhts.Models.Gpt;
using Lhts.Sampling;
using Lhts.Trainer.Evaluations;

namespace Lhts.Trainer.Commands;

/// <summary><c>lhts sample MODEL</c>.</summary>
internal static class SampleCommand
{
    private static readonly Argument<string> Model = new("model") { Description = ModelArgument.Description };

    private static readonly Option<string> Prompt = new("--prompt") { Description = "Text to go on from. Default: none, the beginning of a document.", DefaultValueFactory = _ => "" };

    private static readonly Option<int> Count = new("--count", "-n") { Description = "Samples. Default 4.", DefaultValueFactory = _ => 4 };

    private static readonly Option<double> Temperature = new("--temperature")
    {
        Description = "Myopic temperature of each token's draw; 0 is greedy. Default 1.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<double?> LongHorizon = new("--long-horizon-temperature", "-T")
    {
        Description = "Temperature of the whole text, for a student of several temperatures; any above 0, in the trained range or not. Default: none.",
    };

    private static readonly Option<int?> TopK = new("--top-k") { Description = "Draw among the k likeliest tokens only." };

    private static readonly Option<double> TopP = new("--top-p") { Description = "Draw among the likeliest tokens that reach this probability. Default 1.", DefaultValueFactory = _ => 1 };

    private static readonly Option<int?> MaxTokens = new("--max-tokens") { Description = "New tokens at most. Default: until the context is full." };

    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of the draws. Default 1.", DefaultValueFactory = _ => 1 };

    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON Lines: {\"text\": ..., \"ids\": [...]}." };

    public static Command Build()
    {
        var command = new Command("sample", "Draw texts from a model.") { Model, Prompt, Count, Temperature, LongHorizon, TopK, TopP, MaxTokens, Seed, Json };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var folder = ModelArgument.FolderOf(arguments.GetRequiredValue(Model));
        var tokenizer = TokenizerLoader.Load(folder);
        using var model = Gpt2Checkpoint.Load(folder);
        var options = OptionsOf(arguments, tokenizer);
        if (Extrapolation.NoteFor(model.Config, options.LongHorizonTemperature) is { } note) Console.Error.WriteLine(note);
        int[] prompt = [tokenizer.EndOfText, .. tokenizer.Encode(arguments.GetRequiredValue(Prompt))];
        try
        {
            var sampler = new Sampler(model, options);
            Write(sampler.Sample([.. Enumerable.Repeat(prompt, arguments.GetValue(Count))]), tokenizer, arguments.GetValue(Json));
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{error.Message} The model is '{folder}'.");
        }

        return ExitCode.Done;
    }

    private static SamplingOptions OptionsOf(ParseResult arguments, ITokenizer tokenizer) => new()
    {
        Temperature = arguments.GetValue(Temperature),
        LongHorizonTemperature = arguments.GetValue(LongHorizon),
        TopK = arguments.GetValue(TopK),
        TopP = arguments.GetValue(TopP),
        MaxNewTokens = arguments.GetValue(MaxTokens),
        Seed = (ulong)arguments.GetValue(Seed),
        EndOfText = tokenizer.EndOfText,
    };

    private static void Write(IReadOnlyList<SampledSequence> samples, ITokenizer tokenizer, bool json)
    {
        foreach (var (sample, i) in samples.Select((sample, i) => (sample, i)))
        {
            var text = tokenizer.Decode(sample.Tokens.AsSpan(1));
            if (json) Console.WriteLine(JsonSerializer.Serialize(new { text, ids = sample.Tokens }));
            else Console.WriteLine($"--- {i + 1}\n{text}");
        }
    }
}
