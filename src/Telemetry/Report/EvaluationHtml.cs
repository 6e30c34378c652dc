using System.Net;
using System.Text;
using Lhts.Telemetry.Report.Plots;

namespace Lhts.Telemetry.Report;

/// <summary>The head of the page: the verdict in words, and the plots that show it.</summary>
internal static class EvaluationHtml
{
    // Two sizes, of which the window shows one: a picture that shrinks to a phone could not be read.
    private static readonly (string Class, int Width, int Height)[] Wide = [("for-wide", 1000, 470), ("for-narrow", 350, 380)];
    private static readonly (string Class, int Width, int Height)[] Small = [("for-wide", 520, 330), ("for-narrow", 350, 300)];

    /// <summary>Empty where no run has been evaluated.</summary>
    public static string Of(IReadOnlyList<RunFiles> runs)
    {
        var (verdicts, plane, effective) = (Verdicts(runs), EvaluationPlots.LikelihoodEntropy(runs), EvaluationPlots.EffectiveTemperature(runs));
        PointPlot[] tasks = [.. runs.Select(TaskPlot.Accuracy).OfType<PointPlot>()];
        if (plane is null && effective is null && tasks.Length == 0) return "";
        var html = new StringBuilder("<section id=\"verdict\"><h2>How near to the joint temperature</h2>");
        if (verdicts.Length > 0) html.Append("<ul class=\"verdict\">").Append(verdicts).Append("</ul>");
        html.Append("<div class=\"cards\">");
        if (plane is not null)
        {
            Card(html, "Likelihood against entropy",
                "Each point is a set of texts. p_T, the teacher at joint temperature T, has the most entropy of all that are as likely: "
                + "a student above the teacher's curve is nearer to it than any division of logits. Bars and ± are one standard error."
                    + NoteOn(runs), plane, Wide, "card wide");
        }

        if (effective is not null)
        {
            Card(html, "Effective against asked temperature",
                "The joint temperature that pairs of the student's texts tell. On the line it is what was asked for.", effective, Small, "card");
        }

        foreach (var task in tasks)
        {
            Card(html, "Accuracy against cost",
                "Right answers to the task's prompts, by how they were drawn. Further left is cheaper; bars are one standard error, by question.", task, Small,
                "card");
        }

        return html.Append("</div></section>").ToString();
    }

    private static string Verdicts(IReadOnlyList<RunFiles> runs) => string.Concat(runs.SelectMany(run => Verdict.Of(run.Rows)
        .Select(sentence => $"<li>{WebUtility.HtmlEncode(runs.Count > 1 ? $"{run.Name}: {sentence}" : sentence)}</li>")));

    /// <summary>Likelihoods under different teachers do not compare.</summary>
    internal static string NoteOn(IReadOnlyList<RunFiles> runs) => runs.Where(run => run.Teacher.Length > 0).Select(run => run.Teacher).Distinct().Count() > 1
        ? " These runs have different teachers: each run's figures are by its own, and points of one run do not compare with those of another." : "";

    private static void Card(StringBuilder html, string title, string sentence, PointPlot plot, (string Class, int Width, int Height)[] sizes, string classes)
    {
        html.Append($"<div class=\"{classes}\"><h3>{title}</h3><p>{WebUtility.HtmlEncode(sentence)}</p>");
        foreach (var (name, width, height) in sizes) html.Append($"<div class=\"{name}\">").Append(plot.Draw(width, height)).Append("</div>");
        html.Append("</div>");
    }
}
