using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lhts.Trainer.Commands.Sampling;

/// <summary>A text to go on from.</summary>
/// <param name="Id">What the file calls it, any JSON value; its line's number where the file gives none; <see langword="null"/> for one of the command
/// line.</param>
/// <param name="Text">The prompt; empty for the beginning of a document.</param>
/// <param name="LongHorizonTemperature">Its own long-horizon temperature; <see langword="null"/> for that of the command line.</param>
internal sealed record NamedPrompt(JsonElement? Id, string Text, double? LongHorizonTemperature = null);

/// <summary>
/// A file of prompts: JSON Lines, <c>{"prompt": ..., "id": ..., "longHorizonTemperature": ...}</c> with an optional id and temperature, where its first
/// line begins with a brace, else one prompt a line. Empty lines are skipped.
/// </summary>
internal static class PromptFile
{
    /// <summary>Faults that are listed before the rest are only counted.</summary>
    private const int MaxFaults = 20;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Reads a file; <c>-</c> is standard input.</summary>
    /// <exception cref="InvalidDataException">Lines are no such objects, or there is no prompt; each is named by its number.</exception>
    public static IReadOnlyList<NamedPrompt> Read(string path) =>
        path == "-" ? Parse("standard input", Console.In.ReadToEnd().Split('\n')) : Parse($"'{path}'", File.ReadAllLines(path));

    /// <summary>The prompts of lines from a source named for messages.</summary>
    internal static IReadOnlyList<NamedPrompt> Parse(string source, IReadOnlyList<string> lines)
    {
        var isJson = lines.FirstOrDefault(line => !string.IsNullOrWhiteSpace(line))?.TrimStart().StartsWith('{') ?? false;
        var (prompts, faults) = (new List<NamedPrompt>(), new List<string>());
        for (var i = 0; i < lines.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i])) continue;
            var number = JsonSerializer.SerializeToElement(i + 1);
            if (!isJson) prompts.Add(new NamedPrompt(number, lines[i].TrimEnd('\r')));
            else if (OfJson(lines[i], number) is { } prompt) prompts.Add(prompt);
            else faults.Add($"line {i + 1} is not an object {{\"prompt\": \"...\"}} with an optional \"id\" and \"longHorizonTemperature\"");
        }

        if (faults.Count > 0)
        {
            var rest = faults.Count > MaxFaults ? $"\n  - and {faults.Count - MaxFaults} more" : "";
            throw new InvalidDataException($"{source}: not prompts:\n  - {string.Join("\n  - ", faults.Take(MaxFaults))}{rest}");
        }

        return prompts.Count > 0 ? prompts : throw new InvalidDataException($"{source}: there is no prompt in it.");
    }

    private static NamedPrompt? OfJson(string line, JsonElement number)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(line, Options) is { Prompt: { } text } read
                ? new NamedPrompt(read.Id ?? number, text, read.LongHorizonTemperature)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Line(string? Prompt, JsonElement? Id, double? LongHorizonTemperature);
}
