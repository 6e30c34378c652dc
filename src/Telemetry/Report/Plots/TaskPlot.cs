namespace Lhts.Telemetry.Report.Plots;

/// <summary>The plot of a task: accuracy against what an answer costs.</summary>
internal static class TaskPlot
{
    private const string TeacherColour = "#e0862f", StudentColour = "#4c78d8", SmcColour = "#2fa37c", ManyColour = "#8d8d94";

    /// <summary>Accuracy against the decimal logarithm of tokens; null where the run was asked no task.</summary>
    public static PointPlot? Accuracy(RunFiles run)
    {
        if (run.Task.Count == 0) return null;
        return new PointPlot
        {
            Title = "Accuracy on the task against what an answer costs, by method",
            XLabel = "tokens through a model for one answer, log10",
            YLabel = "accuracy",
            Series = [.. new[]
            {
                SeriesOf(run, "teacher, one draw", TeacherColour, Shape.Ring, "greedy", "myopic"),
                SeriesOf(run, "best of n, majority", ManyColour, Shape.Ring, "bestOf", "majority"),
                SeriesOf(run, "power SMC", SmcColour, Shape.Diamond, "powerSmc"),
                SeriesOf(run, "student, one draw", StudentColour, Shape.Disc, "student"),
            }.Where(series => series.Marks.Count > 0)],
        };
    }

    private static Series SeriesOf(RunFiles run, string name, string colour, Shape shape, params string[] kinds) => new()
    {
        Name = name, Colour = colour, Shape = shape, IsLabelled = kinds.Contains("student"),
        Marks = [.. run.Task.Where(row => kinds.Contains(row.Kind))
            .Select(row => new Mark(Math.Log10(row.TokensPerAnswer), row.Accuracy.Value, 0, row.Accuracy.Error, LabelOf(row)))],
    };

    private static string LabelOf(TaskMethodRow row) => row.Kind switch
    {
        "greedy" => "greedy",
        "myopic" => $"tau {Verdict.Short(row.Temperature)}",
        "bestOf" => $"best of {Verdict.Short(row.NumDraws)}",
        "majority" => $"majority of {Verdict.Short(row.NumDraws)}",
        _ => $"T {Verdict.Short(row.Temperature)}",
    };
}
