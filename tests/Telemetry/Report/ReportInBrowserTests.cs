using System.Text.Json.Nodes;

namespace Lhts.Telemetry.Tests.Report;

/// <summary>The report as a browser shows it. The pictures are attached to the test's result.</summary>
[NonParallelizable]
public class ReportInBrowserTests
{
    /// <summary>For each canvas, the number of pixels that are painted.</summary>
    private const string PaintedPixels = """
        [...document.querySelectorAll("canvas")].map(canvas => {
          const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          let painted = 0;
          for (let i = 3; i < data.length; i += 4) painted += data[i] > 0;
          return painted;
        })
        """;

    private const int LeastPainted = 500;

    private string _folder = null!;
    private Browser _browser = null!;

    [OneTimeSetUp]
    public async Task StartBrowser()
    {
        _folder = Directory.CreateTempSubdirectory("lhts-report-").FullName;
        string[] runs = [SampleRun.Write(_folder, "first"), SampleRun.Write(_folder, "second", seed: 2)];
        RunReport.Write(runs[..1], Path.Combine(_folder, "one.html"));
        RunReport.Write(runs, Path.Combine(_folder, "two.html"));
        _browser = await Browser.Start();
    }

    [OneTimeTearDown]
    public async Task StopBrowser()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [TestCase("one.html", 1400, false, 14)]
    [TestCase("one.html", 1400, true, 14)]
    [TestCase("one.html", 400, false, 14)]
    [TestCase("two.html", 400, true, 14)]
    [TestCase("two.html", 1400, false, 14)]
    public async Task Page_AnyWindow_DrawsItsPlotsQuietly(string page, int width, bool dark, int numPlots)
    {
        _browser.Complaints.Clear();
        _browser.Requests.Clear();
        var path = Path.Combine(_folder, page);

        await _browser.Open(path, width, dark);
        var painted = (JsonArray)(await _browser.Evaluate(PaintedPixels))!;
        var overflow = (await _browser.Evaluate("document.documentElement.scrollWidth - innerWidth"))!.GetValue<int>();
        await Attach($"report-{Path.GetFileNameWithoutExtension(page)}-{width}{(dark ? "-dark" : "")}.png");

        Assert.That(_browser.Complaints, Is.Empty);
        Assert.That(_browser.Requests, Is.All.StartsWith("data:").Or.EqualTo(new Uri(path).AbsoluteUri));
        Assert.That(painted.Select(count => count!.GetValue<int>()), Has.Exactly(numPlots).GreaterThan(LeastPainted));
        Assert.That(overflow, Is.LessThanOrEqualTo(0), "nothing is wider than the window");
    }

    private async Task Attach(string name)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(TestContext.CurrentContext.WorkDirectory, "screenshots")).FullName, name);
        await File.WriteAllBytesAsync(file, await _browser.Screenshot());
        TestContext.AddTestAttachment(file);
    }
}
