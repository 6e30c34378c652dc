using System.Net;
using System.Reflection;
using System.Text;

namespace Lhts.Telemetry;

/// <summary>
/// Makes one self-contained page of one or several run folders: summary, likelihood against diversity, samples, curves, recipe. The page
/// holds
/// all it needs (uPlot draws the plots) and asks nothing of the network.
/// </summary>
public static class RunReport
{
    /// <summary>The usual name of the page in a run folder.</summary>
    public const string FileName = "report.html";

    private const string Assets = "Report.";

    /// <summary>Writes the page; it appears whole or not at all.</summary>
    /// <param name="runFolders">One or more run folders. What a folder does not have is left out of the page.</param>
    /// <param name="path">The page.</param>
    /// <exception cref="DirectoryNotFoundException">A run folder is not there.</exception>
    /// <exception cref="IOException">The page cannot be written.</exception>
    public static void Write(IReadOnlyList<string> runFolders, string path)
    {
        var beside = path + ".new";
        File.WriteAllText(beside, Render(runFolders), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>The page.</summary>
    /// <exception cref="DirectoryNotFoundException">A run folder is not there.</exception>
    public static string Render(IReadOnlyList<string> runFolders)
    {
        var runs = runFolders.Select(Report.RunFiles.Read).ToArray();
        var title = runs.Length == 1 ? $"Run {runs[0].Name}" : "Comparison of runs";
        return new StringBuilder(Asset("report.html"))
            .Replace("{{title}}", WebUtility.HtmlEncode(title))
            .Replace("{{uplot.css}}", Asset("uplot.css"))
            .Replace("{{report.css}}", Asset("report.css"))
            .Replace("{{uplot.js}}", Asset("uplot.js"))
            .Replace("{{report.js}}", Asset("report.js"))
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
