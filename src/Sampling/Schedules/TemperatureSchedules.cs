using System.Collections.Frozen;
using System.Globalization;

namespace Lhts.Sampling.Schedules;

/// <summary>Every schedule that can be named: one line each, with the form <c>name:temperature,number</c>.</summary>
public static class TemperatureSchedules
{
    private static readonly FrozenDictionary<string, Func<double, double, TemperatureSchedule>> All =
        new Dictionary<string, Func<double, double, TemperatureSchedule>>
        {
            ["linear"] = (end, tokens) => new RampSchedule(end, (int)tokens, IsCosine: false),
            ["cosine"] = (end, tokens) => new RampSchedule(end, (int)tokens, IsCosine: true),
            ["step"] = (other, every) => new StepSchedule(other, (int)every),
            ["entropy"] = (then, below) => new EntropySchedule(then, below),
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names, in order, and <c>constant</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Keys.Append("constant").Order(StringComparer.Ordinal)];

    /// <summary>The schedule of a text; <see langword="null"/> for <c>constant</c>.</summary>
    /// <exception cref="InvalidDataException">It is none; the message lists those that there are.</exception>
    public static TemperatureSchedule? Parse(string text)
    {
        if (text.Equals("constant", StringComparison.OrdinalIgnoreCase)) return null;
        var (name, rest) = text.Split(':', 2) is [var first, var second] ? (first, second.Split(',')) : (text, []);
        if (!All.TryGetValue(name, out var make)) throw new InvalidDataException($"There is no schedule '{name}'. Choose {string.Join(", ", Names)}.");
        if (rest is [var temperature, var number] && IsNumber(temperature, out var value) && IsNumber(number, out var bound)) return make(value, bound);
        throw new InvalidDataException($"The schedule '{text}' is not of the form {name}:TEMPERATURE,NUMBER, as {name}:0.2,50.");
    }

    private static bool IsNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && !double.IsNaN(value);
}
