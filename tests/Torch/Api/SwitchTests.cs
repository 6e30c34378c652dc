using System.Diagnostics;
using System.Text.RegularExpressions;
using Lhts.Testing;

namespace Lhts.Torch.Tests.Api;

/// <summary>
/// <c>-p:TorchSharp=package</c> puts TorchSharp's packages in the place of src/Torch in every project. MSBuild evaluates the projects;
/// nothing is restored or built.
/// </summary>
public sealed partial class SwitchTests
{
    [TestCase("TorchSharp-cpu")]
    [TestCase("TorchSharp-cuda-linux")]
    [TestCase("TorchSharp-cuda-windows")]
    public void Package_InEveryProject_ReplacesSrcTorch(string runtime)
    {
        var expected = Users().SelectMany(project => new[] { $"{project} package TorchSharp", $"{project} package {runtime}" });
        Assert.That(References("-p:TorchSharp=package", $"-p:TorchSharpRuntime={runtime}"), Is.EquivalentTo(expected));
    }

    [Test]
    public void Default_InEveryProject_IsSrcTorch() =>
        Assert.That(References(), Is.EquivalentTo(Users().Select(project => $"{project} project src/Torch")));

    [TestCase("-p:TorchSharp=nuget", "TorchSharp is 'nuget': give 'project' (src/Torch) or 'package' (NuGet).")]
    [TestCase("-p:TorchSharpRuntime=cuda", "TorchSharpRuntime is 'cuda': give TorchSharp-cpu, TorchSharp-cuda-linux or TorchSharp-cuda-windows.")]
    public void UnknownValue_OfTheSwitch_IsAnErrorThatListsThem(string property, string message) =>
        Assert.That(References(property), Has.Some.Contains(message));

    [Test]
    public void Sources_OutsideSrcTorch_NameNoTypeOfItsOwnAndHaveNoConditionalParts()
    {
        var files = new[] { "src", "tests", "benchmarks" }.SelectMany(Sources).Where(path => !path.Contains("/Torch/", StringComparison.Ordinal));
        var faults = files.SelectMany(path => File.ReadLines(path).Where(line => Special().IsMatch(line)).Select(line => $"{path}: {line.Trim()}"));
        Assert.That(faults, Is.Empty);
    }

    /// <summary>Projects that refer to src/Torch, by their project files.</summary>
    private static IEnumerable<string> Users() => new[] { "src", "tests", "benchmarks" }
        .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.csproj", SearchOption.AllDirectories))
        .Where(path => File.ReadAllText(path).Contains("Torch/Torch.csproj", StringComparison.Ordinal))
        .Select(path => Path.GetFileNameWithoutExtension(path));

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories);

    private static string[] References(params string[] properties)
    {
        string[] arguments = ["msbuild", Repository.PathOf("eng", "torch-references.proj"), "-nologo", "-v:m", "-nr:false", .. properties];
        var start = new ProcessStartInfo("dotnet", arguments);
        // Set by the test run for itself; another MSBuild must find its own.
        foreach (var name in new[] { "MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBUILD_EXE_PATH" }) start.Environment.Remove(name);
        return CollectedProcess.Run(start).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    [GeneratedRegex(@"^\s*#(if|elif)\b|\bTorch(Exception|Error)\b")]
    private static partial Regex Special();
}
