using System.Globalization;

namespace Lhts.Telemetry.Report;

/// <summary>What an evaluation found, in sentences: is the student nearer to p_T than dividing logits would be?</summary>
internal static class Verdict
{
    // Two standard errors: one figure in twenty lies further from the truth.
    private const double Certain = 2;

    /// <summary>One sentence for each temperature of the student that has a gain, the highest temperature first.</summary>
    public static IEnumerable<string> Of(TableRows table) =>
        table.Rows.Where(row => row is { IsTeacher: false, Gain: not null }).OrderByDescending(row => row.Temperature).Select(Sentence);

    private static string Sentence(ReportRow row)
    {
        var gain = row.Gain!.Value;
        var size = $"{Text(Math.Abs(gain.Value), gain.Error)} ± {Text(gain.Error, gain.Error)} nats a sequence";
        var best = $"the best myopic temperature {Short(row.BestMyopic)}";
        var verdict = gain.Value > Certain * gain.Error ? $"the student is {size} nearer to p_T than {best}"
            : gain.Value < -Certain * gain.Error ? $"the student is {size} further from p_T than {best}"
            : $"the student cannot be told from {best} ({(gain.Value < 0 ? "-" : "+")}{size})";
        var closed = row.GapClosed is { } share ? $", {(100 * share.Value).ToString("0", CultureInfo.InvariantCulture)} % of the way" : "";
        var effective = row.Effective is { } found ? $"; its effective temperature is {Text(found.Value, found.Error)} ± {Text(found.Error, found.Error)}" : "";
        return $"At T {Short(row.Temperature)} {verdict}{closed}{effective}.";
    }

    /// <summary>As many decimals as the error bears, from one to three.</summary>
    internal static string Text(double value, double error)
    {
        var decimals = error > 0 ? Math.Clamp((int)Math.Ceiling(-Math.Log10(error)), 1, 3) : 2;
        return value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    internal static string Short(double? value) => value?.ToString("0.##", CultureInfo.InvariantCulture) ?? "-";
}
