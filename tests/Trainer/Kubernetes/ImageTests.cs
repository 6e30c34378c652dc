using System.Text.RegularExpressions;
using Lhts.Testing;
using Lhts.Trainer.Kubernetes;

namespace Lhts.Trainer.Tests.Kubernetes;

/// <summary>What deploy/docker says, as far as it can be read without a container engine.</summary>
public sealed class ImageTests
{
    private static readonly string Folder = Repository.PathOf("deploy", "docker");

    private static readonly string[] Instructions = [.. File.ReadAllText(Path.Combine(Folder, "Dockerfile")).Replace("\\\n", " ", StringComparison.Ordinal)
        .Split('\n').Where(line => line.Length > 0 && line[0] != '#')];

    private static IEnumerable<string> Packages(string path) => File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#');

    [Test]
    public void User_OfTheImage_IsThatOfThePodsByNumber()
    {
        var user = Instructions.Last(line => line.StartsWith("USER ", StringComparison.Ordinal));
        Assert.That(user, Is.EqualTo($"USER {PodTemplate.User}:{PodTemplate.User}"));
        Assert.That(Array.LastIndexOf(Instructions, user),
            Is.GreaterThan(Array.FindLastIndex(Instructions, line => line.StartsWith("RUN ", StringComparison.Ordinal))));
        Assert.That(File.ReadAllText(Path.Combine(Folder, "runtime.sh")), Does.Contain($"chown {PodTemplate.User}:{PodTemplate.User}"));
    }

    [Test]
    public void LastStage_OfTheImage_BuildsNothingAndHasNoSources()
    {
        var last = Instructions[Array.FindLastIndex(Instructions, line => line.StartsWith("FROM ", StringComparison.Ordinal))..];
        Assert.That(last.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from=", StringComparison.Ordinal)),
            Is.EqualTo(new[]
        {
            "COPY deploy/docker/runtime.sh deploy/docker/apt-packages.txt /tmp/docker/",
        }));
        Assert.That(last.Where(line => line.StartsWith("RUN ", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "RUN /tmp/docker/runtime.sh && rm -r /tmp/docker" }));
    }

    [Test]
    public void RootFileSystem_MadeWithoutAnEngine_FollowsTheInstructionsOfTheLastStage()
    {
        var start = new System.Diagnostics.ProcessStartInfo(Repository.PathOf("eng", "image-root.sh"), ["list"]) { RedirectStandardOutput = true };
        using var script = System.Diagnostics.Process.Start(start)!;
        var listed = script.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        script.WaitForExit();
        var last = Instructions[Array.FindLastIndex(Instructions, line => line.StartsWith("FROM ", StringComparison.Ordinal))..];
        Assert.That(listed.Select(Words), Is.EqualTo(last.Select(Words)));
        Assert.That(listed.Select(line => line.Split(' ')[0]).Distinct(),
            Is.SubsetOf("FROM LABEL COPY RUN ENV USER WORKDIR ENTRYPOINT CMD".Split(' ')), "what the script knows");
        static string Words(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Test]
    public void Packages_OfTheImage_AreTheRunningHalfOfThoseForBuilding()
    {
        var building = Packages(Repository.PathOf("eng", "apt-packages.txt")).Where(package => package is not ("cmake" or "g++" or "ninja-build"));
        var running = Packages(Path.Combine(Folder, "apt-packages.txt")).Where(package => package != "libgomp1");
        Assert.That(running.Select(Stem), Is.EquivalentTo(building.Select(Stem)), "a library's running half differs in its ending only");
        static string Stem(string package) => Regex.Replace(package, @"^(libtorch|libgloo|libdnnl)[-\d.].*$", "$1");
    }

    [Test]
    public void Files_ThatTheImageIsBuiltFrom_AreNotIgnored()
    {
        var ignored = Packages(Repository.PathOf(".dockerignore")).ToArray();
        Assert.That(ignored, Does.Contain("artifacts").And.Contain(".git").And.Contain("eng/node_modules"));
        foreach (var needed in new[] { "src", "eng", "deploy", "global.json", "Directory.Build.props", "Directory.Packages.props" })
        {
            Assert.That(ignored, Does.Not.Contain(needed));
        }
    }
}
