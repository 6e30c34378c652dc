using System.Diagnostics;
using System.Text.Json;
using Lhts.Testing;

namespace Lhts.Telemetry.Tests.Hosting;

/// <summary>The build property that takes the package's exporter instead of ours. The project is evaluated, not built: not every registry has the package.</summary>
public class PrometheusPackageTests
{
    private const string Package = "OpenTelemetry.Exporter.Prometheus.AspNetCore";
    private const string Constant = "PROMETHEUS_PACKAGE";

    [Test]
    public void Property_SetToPackage_ReferencesThePackageWithItsVersion()
    {
        var (packages, versions, constants) = Evaluate("-p:PrometheusExporter=package");
        Assert.That(packages, Does.Contain(Package));
        Assert.That(versions, Does.Contain(Package), "central package management pins it");
        Assert.That(constants, Does.Contain(Constant));
    }

    [Test]
    public void Property_NotSet_LeavesThePackageOut()
    {
        var (packages, versions, constants) = Evaluate();
        Assert.That(packages, Does.Contain("OpenTelemetry").And.Not.Contain(Package));
        Assert.That(versions, Does.Not.Contain(Package));
        Assert.That(constants, Does.Not.Contain(Constant));
    }

    [Test]
    public void Sources_OfTelemetry_KnowThePackageInOneFileOnly()
    {
        var files = Directory.GetFiles(Repository.PathOf("src", "Telemetry"), "*.cs", SearchOption.AllDirectories);
        var knowing = files.Where(path => File.ReadLines(path).Any(line => line.StartsWith("#if", StringComparison.Ordinal)));
        Assert.That(knowing.Select(Path.GetFileName), Is.EqualTo(new[] { "PrometheusEndpoint.cs" }));
    }

    private static (string[] Packages, string[] Versions, string[] Constants) Evaluate(params string[] properties)
    {
        string[] arguments =
        [
            "msbuild", Repository.PathOf("src", "Telemetry", "Telemetry.csproj"),
            "-getItem:PackageReference", "-getItem:PackageVersion", "-getProperty:DefineConstants", "-nologo", .. properties,
        ];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, output + errors.Result);
        var found = JsonElement.Parse(output);
        return (Names(found, "PackageReference"), Names(found, "PackageVersion"), found.GetProperty("Properties").GetProperty("DefineConstants").GetString()!.Split(';'));
    }

    private static string[] Names(JsonElement found, string item) =>
        [.. found.GetProperty("Items").GetProperty(item).EnumerateArray().Select(entry => entry.GetProperty("Identity").GetString()!)];
}
