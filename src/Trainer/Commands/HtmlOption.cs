using System.CommandLine;
using Lhts.Telemetry;

namespace Lhts.Trainer.Commands;

/// <summary><c>--html FILE</c>: a page with the plots of what was measured.</summary>
internal static class HtmlOption
{
    public static Option<string?> Build() => new("--html") { Description = "Write a page with plots to this file. Default: none." };

    /// <summary>Writes the page where one is asked for.</summary>
    public static void Write(string? path, string title, string text, params IReadOnlyList<PlotFigure> figures)
    {
        if (path is not null) PlotPage.Write(path, title, text, figures);
    }
}
