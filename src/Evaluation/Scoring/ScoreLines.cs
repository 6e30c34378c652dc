using System.Text.Json;
using Lhts.Models.Gpt;

namespace Lhts.Evaluation;

/// <summary>
/// The lines of <c>score</c>: JSON objects with either <c>text</c> or <c>ids</c> in, objects with <c>logProbs</c>, <c>sum</c> and
/// <c>perplexity</c> out.
/// </summary>
/// <param name="config">Of the model that will score; bounds tokens and lengths.</param>
/// <param name="encode">Turns a text into tokens, its end-of-text included.</param>
public sealed class ScoreLines(Gpt2Config config, Func<string, int[]> encode)
{
    /// <summary>Faults that are listed before the rest are only counted.</summary>
    private const int MaxFaults = 20;

    private static readonly JsonSerializerOptions InputOptions = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly JsonSerializerOptions OutputOptions = new(JsonSerializerDefaults.Web);

    /// <summary>Reads all lines; empty ones are skipped. Ids are taken as they are, texts are encoded.</summary>
    /// <param name="source">Where the lines come from, for messages.</param>
    /// <param name="lines">The lines.</param>
    /// <returns>Tokens, one array for each line that is not empty.</returns>
    /// <exception cref="InvalidDataException">
    /// Lines are not such objects, too long, or hold tokens that the model lacks; each is named by its number.
    /// </exception>
    public IReadOnlyList<int[]> Parse(string source, IEnumerable<string> lines)
    {
        var sequences = new List<int[]>();
        var faults = new List<string>();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            var (tokens, fault) = ParseLine(line);
            if (fault is not null) faults.Add($"line {number}: {fault}");
            else sequences.Add(tokens!);
        }

        if (faults.Count == 0) return sequences;
        var rest = faults.Count > MaxFaults ? $"\n  and {faults.Count - MaxFaults} more" : "";
        throw new InvalidDataException($"'{source}':\n" + string.Join('\n', faults.Take(MaxFaults).Select(fault => $"  - {fault}")) + rest);
    }

    /// <summary>
    /// One line of output. The sum of a single token's sequence is 0 and its perplexity <see langword="null"/>, since nothing is scored.
    /// </summary>
    public static string Format(ScoredSequence score) => JsonSerializer.Serialize(
        new OutputLine(score.LogProbs, score.Sum, double.IsFinite(score.Perplexity) ? score.Perplexity : null), OutputOptions);

    private (int[]? Tokens, string? Fault) ParseLine(string line)
    {
        InputLine? input;
        try
        {
            input = JsonSerializer.Deserialize<InputLine>(line, InputOptions);
        }
        catch (JsonException exception)
        {
            return (null, $"not an object with \"text\" or \"ids\": {exception.Message}");
        }

        if (input is null || input.Text is null == input.Ids is null) return (null, "needs either \"text\" or \"ids\"");
        var tokens = input.Ids ?? encode(input.Text!);
        return (tokens, FaultOf(tokens));
    }

    private string? FaultOf(int[] tokens)
    {
        if (tokens.Length == 0 || tokens.Length > config.NumPositions) return $"{tokens.Length} tokens; this model scores 1 to {config.NumPositions}";
        foreach (var token in tokens)
        {
            if (token < 0 || token >= config.VocabularySize) return $"token {token}; this model's are 0 to {config.VocabularySize - 1}";
        }

        return null;
    }

    private sealed record InputLine(string? Text = null, int[]? Ids = null);

    private sealed record OutputLine(float[] LogProbs, double Sum, double? Perplexity);
}
