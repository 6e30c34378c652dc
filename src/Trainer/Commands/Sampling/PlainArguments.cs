using System.CommandLine;
using Lhts.Sampling;
using Lhts.Sampling.Schedules;

namespace Lhts.Trainer.Commands.Sampling;

/// <summary>The options of <c>lhts sample --method plain</c>, in the order in which they act.</summary>
internal static class PlainArguments
{
    private static readonly SamplingOptions Defaults = new();

    private static readonly Option<double> RepetitionPenalty = Number(
        "--repetition-penalty", "Divides positive and multiplies negative logits of tokens of prompt and text. Default 1.", Defaults.RepetitionPenalty);

    private static readonly Option<double> PresencePenalty = Number(
        "--presence-penalty", "Taken from the logits of tokens that the text has, in nats. Default 0.", Defaults.PresencePenalty);

    private static readonly Option<double> FrequencyPenalty = Number(
        "--frequency-penalty", "Taken once more for each time that the text has the token, in nats. Default 0.", Defaults.FrequencyPenalty);

    private static readonly Option<double> Temperature = RealOption.Build(
        "--temperature",
        "Myopic temperature of each token's draw, any real number: 0 is greedy, infinity uniform, below 0 prefers the least likely, -0 takes it. Default 1.",
        Defaults.Temperature);

    private static readonly Option<string> Schedule = new("--schedule")
    {
        Description =
            "Changes --temperature within a text: linear:END,TOKENS and cosine:END,TOKENS go to END; step:OTHER,EVERY takes OTHER for one token in EVERY; "
            + "entropy:THEN,NATS takes THEN once the model's entropy was below NATS. Default constant.",
        DefaultValueFactory = _ => "constant",
    };

    private static readonly Option<int?> TopK = new("--top-k") { Description = "Draw among the k likeliest tokens only." };

    private static readonly Option<double> TopP =
        Number("--top-p", "Draw among the likeliest tokens that reach this probability. Default 1.", Defaults.TopP);

    private static readonly Option<double> MinP =
        Number("--min-p", "Draw among tokens with at least this share of the likeliest one's probability. Default 0.", Defaults.MinP);

    private static readonly Option<double> Typical =
        Number("--typical", "Draw among tokens with the most usual surprise that reach this probability. Default 1.", Defaults.Typical);

    private static readonly Option<string[]> Stop = new("--stop")
    {
        Description = "A text ends before this string; may stand several times. Default: none.",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<int> Batch =
        new("--batch") { Description = $"Texts drawn at a time. Default {Defaults.BatchSize}.", DefaultValueFactory = _ => Defaults.BatchSize };

    private static readonly Option<bool> Explain = new("--explain")
    {
        Description = "Draw nothing: show the distribution of the prompt's next token before and after each of the options, as charts.",
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> All { get; } =
        [RepetitionPenalty, PresencePenalty, FrequencyPenalty, Temperature, Schedule, TopK, TopP, MinP, Typical, Stop, Batch, Explain];

    /// <summary>Whether to explain and not to draw.</summary>
    public static bool IsExplained(ParseResult arguments) => arguments.GetValue(Explain);

    /// <summary>Stop strings.</summary>
    /// <exception cref="InvalidDataException">One is empty.</exception>
    public static IReadOnlyList<string> StopsOf(ParseResult arguments)
    {
        var stops = arguments.GetRequiredValue(Stop);
        return stops.Contains("") ? throw new InvalidDataException("--stop is empty, but must be a text to end before.") : stops;
    }

    /// <summary>How tokens are drawn, but for what all methods share.</summary>
    public static SamplingOptions Of(ParseResult arguments) => Defaults with
    {
        RepetitionPenalty = arguments.GetValue(RepetitionPenalty),
        PresencePenalty = arguments.GetValue(PresencePenalty),
        FrequencyPenalty = arguments.GetValue(FrequencyPenalty),
        Temperature = arguments.GetValue(Temperature),
        Schedule = TemperatureSchedules.Parse(arguments.GetRequiredValue(Schedule)),
        TopK = arguments.GetValue(TopK),
        TopP = arguments.GetValue(TopP),
        MinP = arguments.GetValue(MinP),
        Typical = arguments.GetValue(Typical),
        BatchSize = arguments.GetValue(Batch),
    };

    private static Option<double> Number(string name, string description, double standard) =>
        new(name) { Description = description, DefaultValueFactory = _ => standard };
}
