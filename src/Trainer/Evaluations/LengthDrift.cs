using System.Globalization;
using Lhts.Evaluation;

namespace Lhts.Trainer.Evaluations;

/// <summary>
/// Says so when a student's texts have become much shorter or longer than the teacher's. Where a text may end, p_T at a low temperature likes texts of a few
/// tokens, which cost little log-probability: that is its definition, and seldom what is wanted (docs/objectives.md).
/// </summary>
internal static class LengthDrift
{
    // Of the teacher's mean. Half of it or its double is another kind of text; less may be the sampling of a few hundred texts.
    private const double MostShare = 1.5;
    private const double MostErrors = 4;

    /// <summary>A note for the user; null where the lengths are alike.</summary>
    /// <param name="temperature">T of the student.</param>
    /// <param name="teacher">Generated tokens of each of the teacher's texts at temperature 1.</param>
    /// <param name="student">Of each of the student's.</param>
    public static string? NoteFor(double temperature, IReadOnlyCollection<int> teacher, IReadOnlyCollection<int> student)
    {
        var (before, after) = (MeanOf(teacher), MeanOf(student));
        var drift = after.Minus(before);
        var isFar = after.Value < before.Value / MostShare || after.Value > before.Value * MostShare;
        if (!isFar || !(Math.Abs(drift.Value) > MostErrors * drift.StandardError)) return null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"note: texts at T {temperature:0.###} have {after.Value:0.#} tokens on average, the teacher's {before.Value:0.#}: where texts may end, p_T "
            + $"likes other lengths than p; student.lengths: fixed gives the joint temperature of texts of one length");
    }

    private static Figure MeanOf(IReadOnlyCollection<int> lengths) => Figure.MeanOf([.. lengths.Select(length => (double)length)]);
}
