using System.Text.Json;
using Lhts.Testing;

namespace Lhts.Telemetry.Tests.Hosting;

/// <summary>
/// The build property that takes the package's exporter instead of ours. The project is evaluated, not built: not every registry has the package.
/// </summary>
public class PrometheusPackageTests
{
    private const string Package = "OpenTelemetry.Exporter.Prometheus.AspNetCore";
    private const string OwnFile = "Hosting/PrometheusEndpoint.cs";
    private const string PackageFile = "Hosting/PrometheusPackageEndpoint.cs";

    [Test]
    public void Property_SetToPackage_ReferencesThePackageWithItsVersion()
    {
        var (packages, versions, files) = Evaluate("-p:PrometheusExporter=package");
        Assert.That(packages, Does.Contain(Package));
        Assert.That(versions, Does.Contain(Package), "central package management pins it");
        Assert.That(files, Does.Contain(PackageFile).And.Not.Contain(OwnFile));
    }

    [Test]
    public void Property_NotSet_LeavesThePackageOut()
    {
        var (packages, versions, files) = Evaluate();
        Assert.That(packages, Does.Contain("OpenTelemetry").And.Not.Contain(Package));
        Assert.That(versions, Does.Not.Contain(Package));
        Assert.That(files, Does.Contain(OwnFile).And.Not.Contain(PackageFile));
    }

    [Test]
    public void Sources_OfTelemetry_NameThePackageInOneFileOnly()
    {
        var files = Directory.GetFiles(Repository.PathOf("src", "Telemetry"), "*.cs", SearchOption.AllDirectories);
        var knowing = files.Where(path => File.ReadAllText(path).Contains("AddPrometheusExporter", StringComparison.Ordinal));
        Assert.That(knowing.Select(Path.GetFileName), Is.EqualTo(new[] { Path.GetFileName(PackageFile) }));
    }

    private static (string[] Packages, string[] Versions, string[] Files) Evaluate(params string[] properties)
    {
        string[] arguments =
        [
            "msbuild", Repository.PathOf("src", "Telemetry", "Telemetry.csproj"),
            "-getItem:PackageReference", "-getItem:PackageVersion", "-getItem:Compile", "-nologo", .. properties,
        ];
        var (exitCode, output, errors) = CollectedProcess.Run("dotnet", arguments);
        Assert.That(exitCode, Is.Zero, output + errors);
        var found = JsonElement.Parse(output);
        return (Names(found, "PackageReference"), Names(found, "PackageVersion"), Names(found, "Compile"));
    }

    private static string[] Names(JsonElement found, string item) =>
        [.. found.GetProperty("Items").GetProperty(item).EnumerateArray().Select(entry => entry.GetProperty("Identity").GetString()!)];
}
