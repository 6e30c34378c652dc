using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Lhts.Evaluation.Tasks;

/// <summary>Every checker that a task can name: one line each.</summary>
public static class AnswerCheckers
{
    private static readonly FrozenDictionary<string, IAnswerChecker> All = new Dictionary<string, IAnswerChecker>
    {
        ["exact"] = new ExactMatch(),
        ["last-number"] = new LastNumber(),
        ["choice"] = new ChoiceMatch(),
        ["countdown"] = new CountdownMatch(),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The checker of a name.</summary>
    /// <exception cref="InvalidDataException">There is none; the message lists those that there are.</exception>
    public static IAnswerChecker Of(string name) => All.TryGetValue(name, out var checker)
        ? checker
        : throw new InvalidDataException($"There is no checker '{name}'. Choose {string.Join(", ", Names)}.");
}

/// <summary>The whole text is the answer, but for blanks at its ends.</summary>
internal sealed class ExactMatch : IAnswerChecker
{
    public string? Read(string written, TaskItem item) => written.Trim();

    public bool IsRight(string said, TaskItem item) => said == item.Answer.Trim();
}

/// <summary>
/// The last number of the text has the value of the answer's last number. Numbers are decimal, with a point; "7.0" is 7, a full stop behind one is none of it.
/// </summary>
internal sealed partial class LastNumber : IAnswerChecker
{
    public string? Read(string written, TaskItem item)
    {
        var found = Number().Matches(written);
        return found.Count > 0 && decimal.TryParse(found[^1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value.ToString("0.############################", CultureInfo.InvariantCulture)
            : null;
    }

    public bool IsRight(string said, TaskItem item) => said == Read(item.Answer, item);

    [GeneratedRegex(@"(?<![\w.])-?[0-9]+(\.[0-9]+)?(?!\w)", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}

/// <summary>The text holds the right choice and no other, as whole words.</summary>
internal sealed class ChoiceMatch : IAnswerChecker
{
    public string? Read(string written, TaskItem item)
    {
        string[] held = [.. item.Choices.Where(choice => Holds(written, choice))];
        return held.Length == 1 ? held[0] : null;
    }

    public bool IsRight(string said, TaskItem item) => said == item.Answer;

    /// <summary>Whether a choice stands in a text as whole words, in upper and lower case as in the choice.</summary>
    private static bool Holds(string written, string choice)
    {
        for (var start = written.IndexOf(choice, StringComparison.Ordinal); start >= 0; start = written.IndexOf(choice, start + 1, StringComparison.Ordinal))
        {
            var end = start + choice.Length;
            if ((start == 0 || !char.IsLetterOrDigit(written[start - 1])) && (end == written.Length || !char.IsLetterOrDigit(written[end]))) return true;
        }

        return false;
    }
}
