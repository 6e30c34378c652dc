using System.Globalization;
using Lhts.Models.Gpt;

namespace Lhts.Trainer.Evaluations;

/// <summary>
/// Says so when a student is asked for a temperature that it was not trained at. It is answered all the same: that is what conditioning is for.
/// </summary>
internal static class Extrapolation
{
    // A student's own bound may come back through float32.
    private const double Rounding = 1e-6;

    /// <summary>A note for the user; null within the trained range, or where none is known or asked for.</summary>
    public static string? NoteFor(Gpt2Config student, double? temperature)
    {
        if (temperature is not { } asked || student.LowestTemperature is not { } lowest || student.HighestTemperature is not { } highest) return null;
        if (asked >= lowest - Rounding && asked <= highest + Rounding) return null;
        var range = lowest == highest ? $"the temperature {Text(lowest)}" : $"the temperatures {Text(lowest)} to {Text(highest)}";
        return $"note: T {Text(asked)} lies outside {range} that the student was trained at, so this is an extrapolation";
    }

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
