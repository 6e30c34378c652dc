using System.CommandLine;
using Lhts.Sampling.Joint;

namespace Lhts.Trainer.Commands.Sampling;

/// <summary>The options of <c>lhts sample</c> with the methods that draw from the joint temperature without training.</summary>
internal static class JointArguments
{
    /// <summary>The methods' names.</summary>
    public const string PowerSmc = "power-smc", PowerMh = "power-mh";

    private static readonly PowerSmcOptions SmcDefaults = new();
    private static readonly PowerMhOptions MhDefaults = new();

    private static readonly Option<double?> ProposalTemperature = Of<double?>(
        "--proposal-temperature", $"{PowerSmc} and {PowerMh}", "myopic temperature of the proposal. Default: T, or 1 with --student.");

    private static readonly Option<bool> FixedLength =
        Of<bool>("--fixed-length", $"{PowerSmc} and {PowerMh}", "texts of --max-tokens tokens, without end-of-text. Default: they may end.");

    private static readonly Option<int?> Particles =
        Of<int?>("--particles", PowerSmc, $"particles of a run. Default {SmcDefaults.NumParticles}.").Within(2, OptionBounds.Many);

    private static readonly Option<int?> Runs =
        Of<int?>("--runs", PowerSmc, $"independent runs; from two on log Z has an error. Default {SmcDefaults.NumRuns}.").Within(1, OptionBounds.Many);

    private static readonly Option<string?> Student =
        Of<string?>("--student", PowerSmc, "a model or run folder whose student is the proposal. Default: none, MODEL itself.");

    private static readonly Option<int?> Block =
        Of<int?>("--block", PowerMh, "tokens by which texts grow at a time. Default: a sixteenth of --max-tokens.").Within(1, OptionBounds.Many);

    private static readonly Option<int?> Steps =
        Of<int?>("--steps", PowerMh, $"proposals to each text after each block. Default {MhDefaults.StepsPerBlock}.").Within(0, OptionBounds.Many);

    private static readonly Option[] OfBoth = [ProposalTemperature, FixedLength], OfSmc = [Particles, Runs, Student], OfMh = [Block, Steps];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> All { get; } = [.. OfBoth, .. OfSmc, .. OfMh];

    /// <summary>Those that a method does not have.</summary>
    public static IEnumerable<Option> NotFor(string method) => method switch
    {
        PowerSmc => OfMh,
        PowerMh => OfSmc,
        _ => All,
    };

    /// <summary>Whether texts must not end.</summary>
    public static bool IsFixedLength(ParseResult arguments) => arguments.GetValue(FixedLength);

    /// <summary>The folder of the proposal.</summary>
    public static string? StudentOf(ParseResult arguments) => arguments.GetValue(Student);

    /// <summary>Particles and runs; what all methods share is left to the caller.</summary>
    public static PowerSmcOptions SmcOf(ParseResult arguments) => SmcDefaults with
    {
        ProposalTemperature = arguments.GetValue(ProposalTemperature),
        NumParticles = arguments.GetValue(Particles) ?? SmcDefaults.NumParticles,
        NumRuns = arguments.GetValue(Runs) ?? SmcDefaults.NumRuns,
    };

    /// <summary>Blocks and steps, with a chain for each text.</summary>
    public static PowerMhOptions MhOf(ParseResult arguments, int numDraws) => MhDefaults with
    {
        ProposalTemperature = arguments.GetValue(ProposalTemperature),
        NumChains = Math.Max(2, numDraws),
        BlockSize = arguments.GetValue(Block),
        StepsPerBlock = arguments.GetValue(Steps) ?? MhDefaults.StepsPerBlock,
    };

    private static Option<T> Of<T>(string name, string methods, string description) => new(name) { Description = $"With {methods}: {description}" };
}
