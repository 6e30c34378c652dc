using System.Text.Json;

namespace Lhts.Evaluation.Tasks;

/// <summary>Questions as JSON Lines: <c>{"prompt": ..., "answer": ...}</c>, with <c>"choices": [...]</c> for a choice and
/// <c>"group": ...</c> for rows of its own in the table; other members are passed over.</summary>
public static class TaskFile
{
    private static readonly JsonSerializerOptions Options =
        new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <summary>Reads a file. Empty lines are passed over.</summary>
    /// <exception cref="InvalidDataException">A line is no such object, a prompt or answer is empty, or there is none; the message has file and
    /// line.</exception>
    public static IReadOnlyList<TaskItem> Read(string path) => Parse(path, File.ReadLines(path));

    internal static IReadOnlyList<TaskItem> Parse(string path, IEnumerable<string> lines)
    {
        var items = new List<TaskItem>();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            var (prompt, answer, choices, group) = OfJson(line) ?? throw Bad($"is not an object {{\"prompt\": \"...\", \"answer\": \"...\"}}");
            if (string.IsNullOrWhiteSpace(prompt) || string.IsNullOrWhiteSpace(answer)) throw Bad("has an empty prompt or answer");
            if (choices is { Length: > 0 } && !choices.Contains(answer, StringComparer.Ordinal))
            {
                throw Bad($"has the answer '{answer}', which is not among its choices");
            }

            items.Add(new TaskItem(prompt, answer, choices ?? []) { Group = group });
        }

        return items.Count > 0 ? items : throw new InvalidDataException($"'{path}' has no questions. Write one JSON object a line, with prompt and answer.");

        InvalidDataException Bad(string what) => new($"'{path}' line {number} {what}. Mend or remove the line.");
    }

    private static Line? OfJson(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(line, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Line(string Prompt, string Answer, string[]? Choices = null, string? Group = null);
}
