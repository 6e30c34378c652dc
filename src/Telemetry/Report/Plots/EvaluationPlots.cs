namespace Lhts.Telemetry.Report.Plots;

/// <summary>The plots of an evaluation: how near runs come to p_T.</summary>
internal static class EvaluationPlots
{
    private const string TeacherColour = "#e0862f", StudentColour = "#4c78d8", ReferenceColour = "#2fa37c";

    // Of report.js, so that a run has one colour on the whole page.
    private static readonly string[] RunColours = [StudentColour, TeacherColour, ReferenceColour, "#cf5470", "#8a63d2", "#a98b1f", "#3c9fc4", "#8d8d94"];

    /// <summary>
    /// Likelihood against entropy: the teacher's myopic curve, the students with their gains, p_T itself where it is known. Null where no run has both
    /// figures.
    /// </summary>
    public static PointPlot? LikelihoodEntropy(IReadOnlyList<RunFiles> runs)
    {
        Series[] series = [.. runs.SelectMany((run, index) => OfRun(run, index, runs.Count > 1)).Where(series => series.Line.Count + series.Marks.Count > 0)];
        return series.Length == 0 ? null : new PointPlot
        {
            Title = "Log-likelihood against entropy, a token: the teacher at myopic temperatures and the student at long-horizon ones",
            XLabel = "teacher's log-likelihood, nats a token",
            YLabel = "entropy, nats a token",
            Series = series,
        };
    }

    /// <summary>Effective against asked temperature; null where no run has both.</summary>
    public static PointPlot? EffectiveTemperature(IReadOnlyList<RunFiles> runs)
    {
        Series[] students = [.. runs.Select((run, index) => new Series
        {
            Name = runs.Count > 1 ? run.Name : "student",
            Colour = RunColours[index % RunColours.Length],
            Marks = [.. run.Rows.Rows.Where(row => row is { IsTeacher: false, Effective: not null })
                .Select(row => new Mark(row.Temperature, row.Effective!.Value.Value, 0, row.Effective.Value.Error, ""))],
        }).Where(series => series.Marks.Count > 0)];
        if (students.Length == 0) return null;
        double[] asked = [.. students.SelectMany(series => series.Marks.Select(mark => mark.X))];
        var (low, high) = Ticks.RangeOf(asked, 0.1);
        var diagonal = new Series { Name = "effective = asked", Colour = "#8d8d94", IsDashed = true, Line = [(low, low), (high, high)] };
        return new PointPlot
        {
            Title = "Effective against asked temperature", XLabel = "temperature asked for", YLabel = "effective temperature", Series = [diagonal, .. students],
        };
    }

    private static IEnumerable<Series> OfRun(RunFiles run, int index, bool several)
    {
        var (prefix, table) = (several ? run.Name + ": " : "", run.Rows);
        var (teacherColour, studentColour, referenceColour) = several
            ? (RunColours[index % RunColours.Length], RunColours[index % RunColours.Length], RunColours[index % RunColours.Length])
            : (TeacherColour, StudentColour, ReferenceColour);
        Mark[] teacher =
            [.. table.Rows.Where(row => row is { IsTeacher: true, Entropy: not null }).Select(row => MarkOf(row, $"myopic {Verdict.Short(row.Temperature)}"))];
        yield return new Series
        {
            Name = prefix + "teacher, myopic temperature", Colour = teacherColour, Shape = Shape.Ring, IsDashed = true, Marks = teacher,
            Line = [.. table.MyopicCurve.Select(point => (point.LogLikelihood, point.Entropy)).Concat(teacher.Select(mark => (mark.X, mark.Y)))
                .OrderBy(point => point.Item1)],
        };
        yield return new Series
        {
            Name = prefix + "p_T itself", Colour = referenceColour, Shape = Shape.Diamond, IsLabelled = true,
            Marks = [.. table.References.Select(point => new Mark(point.LogLikelihood, point.Entropy, 0, 0, $"p_T, T {Verdict.Short(point.Temperature)}"))],
        };
        yield return new Series
        {
            Name = prefix + "student, gain in nats a sequence", Colour = studentColour, IsLabelled = true,
            Marks = [.. table.Rows.Where(row => row is { IsTeacher: false, Entropy: not null }).Select(row => MarkOf(row, LabelOf(row)))],
        };
    }

    private static Mark MarkOf(ReportRow row, string label) =>
        new(row.LogLikelihood.Value, row.Entropy!.Value.Value, row.LogLikelihood.Error, row.Entropy.Value.Error, label);

    private static string LabelOf(ReportRow row) => row.Gain is { } gain
        ? $"T {Verdict.Short(row.Temperature)}: {(gain.Value < 0 ? "-" : "+")}{Verdict.Text(Math.Abs(gain.Value), gain.Error)} ± "
            + $"{Verdict.Text(gain.Error, gain.Error)}"
        : $"T {Verdict.Short(row.Temperature)}";
}
