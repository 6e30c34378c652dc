using System.Xml.Linq;
using Lhts.Testing;

namespace Lhts.Trainer.Tests.Structure;

/// <summary>Dependencies point one way: nothing on the right is known to anything on its left.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Basics"] = [],
        ["Torch"] = [],
        ["Extensions"] = ["Torch"],
        ["Data"] = ["Basics"],
        ["Telemetry"] = ["Basics"],
        ["Launching"] = [],
        ["Distributed"] = ["Torch", "Extensions"],
        ["Models"] = ["Basics", "Torch", "Extensions"],
        ["Objectives"] = ["Torch", "Extensions", "Models"],
        ["Sampling"] = ["Basics", "Torch", "Models"],
        ["Evaluation"] = ["Basics", "Torch", "Models", "Sampling"],
        ["Trainer"] = ["Basics", "Torch", "Extensions", "Data", "Telemetry", "Launching", "Distributed", "Models", "Objectives", "Sampling", "Evaluation"],
    };

    [Test]
    public void References_OfEveryProject_AreAmongThoseAllowed()
    {
        var projects = Directory.GetFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories);
        Assert.That(projects, Has.Length.GreaterThanOrEqualTo(8));
        Assert.Multiple(() =>
        {
            foreach (var project in projects)
            {
                var name = Path.GetFileNameWithoutExtension(project);
                var references = XDocument.Load(project).Descendants("ProjectReference")
                    .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
                Assert.That(Allowed, Does.ContainKey(name), $"say in this test what {name} may reference");
                Assert.That(references, Is.SubsetOf(Allowed[name]), name);
            }
        });
    }
}
