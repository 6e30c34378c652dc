using System.Net;
using System.Reflection;
using System.Text;
using Lhts.Basics;
using Lhts.Telemetry.Report.Plots;

namespace Lhts.Telemetry;

/// <summary>
/// Makes one self-contained page of one or several run folders: verdict, likelihood against entropy and diversity, samples, curves, recipe. The page
/// holds all it needs (uPlot draws the curves) and asks nothing of the network.
/// </summary>
public static class RunReport
{
    /// <summary>The usual name of the page in a run folder.</summary>
    public const string FileName = "report.html";

    /// <summary>The name of the plot of likelihood against entropy, a picture by itself, in the folder of an evaluated run.</summary>
    public const string PlotFileName = "likelihood-entropy.svg";

    /// <summary>The name of the plot of a task's accuracy against cost, in the folder of a run that was asked one.</summary>
    public const string TaskPlotFileName = "accuracy-cost.svg";

    // As wide as a README.
    private const int PlotWidth = 860, PlotHeight = 440;

    private const string Assets = "Report.";

    /// <summary>
    /// Writes the page, and of a single run its plots as far as it was evaluated (<see cref="PlotFileName"/>, <see cref="TaskPlotFileName"/>) into its folder;
    /// each appears whole or not at all.
    /// </summary>
    /// <param name="runFolders">One or more run folders. What a folder does not have is left out of the page.</param>
    /// <param name="path">The page.</param>
    /// <exception cref="DirectoryNotFoundException">A run folder is not there.</exception>
    /// <exception cref="InvalidDataException">A folder holds no run.</exception>
    /// <exception cref="IOException">The page cannot be written.</exception>
    public static void Write(IReadOnlyList<string> runFolders, string path)
    {
        var runs = runFolders.Select(Report.RunFiles.Read).ToArray();
        AtomicFile.WriteAllText(path, Render(runs));
        if (runs.Length != 1) return;
        Draw(EvaluationPlots.LikelihoodEntropy(runs), Path.Combine(runFolders[0], PlotFileName));
        Draw(TaskPlot.Accuracy(runs[0]), Path.Combine(runFolders[0], TaskPlotFileName));
    }

    private static void Draw(PointPlot? plot, string path)
    {
        if (plot is not null) AtomicFile.WriteAllText(path, plot.Draw(PlotWidth, PlotHeight) + "\n");
    }

    /// <summary>The page.</summary>
    /// <exception cref="DirectoryNotFoundException">A run folder is not there.</exception>
    /// <exception cref="InvalidDataException">A folder holds no run.</exception>
    public static string Render(IReadOnlyList<string> runFolders) => Render([.. runFolders.Select(Report.RunFiles.Read)]);

    private static string Render(Report.RunFiles[] runs)
    {
        var title = runs.Length == 1 ? $"Run {runs[0].Name}" : "Comparison of runs";
        return new StringBuilder(Asset("report.html"))
            .Replace("{{title}}", WebUtility.HtmlEncode(title))
            .Replace("{{uplot.css}}", Asset("uplot.css"))
            .Replace("{{report.css}}", Asset("report.css"))
            .Replace("{{uplot.js}}", Asset("uplot.js"))
            .Replace("{{report.js}}", Asset("report.js"))
            .Replace("{{evaluation}}", Report.EvaluationHtml.Of(runs))
            .Replace("{{data}}", Report.ReportJson.Write(runs))
            .ToString();
    }

    private static string Asset(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Assets + name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
