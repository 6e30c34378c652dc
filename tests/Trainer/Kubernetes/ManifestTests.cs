using System.Text.Json.Nodes;
using Lhts.Launching;
using Lhts.Testing;
using Lhts.Trainer.Commands;
using Lhts.Trainer.Kubernetes;
using Lhts.Trainer.Recipes;

namespace Lhts.Trainer.Tests.Kubernetes;

/// <summary>What <c>lhts k8s render</c> prints and what lies in deploy/k8s.</summary>
public sealed class ManifestTests
{
    private static readonly string[] Versions = ["1.34", "1.35", "1.36"];

    private static readonly Recipe Quickstart = RecipeReader.Read(Repository.PathOf("recipes", "quickstart.yaml"));

    private static readonly ManifestOptions[] Layouts =
    [
        new(), new() { GpusPerNode = 8 }, new() { Nodes = 3 }, new() { Nodes = 4, GpusPerNode = 8 }, new() { Nodes = 2, Flavour = Flavour.Jobset },
        new() { GpusPerNode = 2, Flavour = Flavour.Trainjob }, new() { Nodes = 4, GpusPerNode = 8, Flavour = Flavour.Trainjob },
        new() { Flavour = Flavour.DataPrepare },
    ];

    private static IEnumerable<TestCaseData> All =>
        Layouts.Select(layout =>
            new TestCaseData($"rendered: {layout.Flavour} {layout.Nodes}x{layout.GpusPerNode}", Manifests.Parse(RunManifests.Render(Quickstart, layout))))
            .Concat(Manifests.Overlays.Select(
                name => new TestCaseData($"overlay: {name}", KustomizeCheck.Build(Path.Combine(Manifests.Folder, "overlays", name)))))
            .Select(data => data.SetArgDisplayNames((string)data.Arguments[0]!));

    [TestCaseSource(nameof(All))]
    public void Manifests_OfEveryKind_AreWhatEachVersionKnows(string name, object documents)
    {
        foreach (var version in Versions)
        {
            var schema = new StructuralSchema($"kubernetes-{version}", "core-v1", "jobset-0.12", "trainer-2.3", "prometheus-operator-0.91");
            Assert.That(((List<JsonObject>)documents).SelectMany(schema.Errors), Is.Empty, $"{name}, Kubernetes {version}");
        }
    }

    [TestCase("spec", "template", "spec", "containers", "readonlyRootFilesystem")]
    [TestCase("spec", "completion")]
    public void Member_ThatNoVersionKnows_IsRefused(params string[] path)
    {
        var job = Manifests.Parse(RunManifests.Render(Quickstart, new ManifestOptions())).Single(manifest => manifest["kind"]!.GetValue<string>() == "Job");
        JsonNode node = job;
        foreach (var name in path[..^1]) node = node[name] is JsonArray list ? list[0]! : node[name]!;
        node[path[^1]] = true;
        Assert.That(new StructuralSchema("kubernetes-1.34").Errors(job), Has.One.Contains($"{path[^1]} is not known"));
    }

    /// <summary>The restricted Pod Security Standard, point by point, and what we ask beyond it.</summary>
    [TestCaseSource(nameof(All))]
    public void Pods_OfEveryManifest_KeepToTheRestrictedStandard(string name, object documents)
    {
        var pods = ((List<JsonObject>)documents).SelectMany(manifest => Manifests.Pods(manifest)).ToList();
        Assert.That(pods, Is.Not.Empty, name);
        Assert.Multiple(() =>
        {
            foreach (var (path, pod) in pods)
            {
                foreach (var refused in new[] { "hostNetwork", "hostPID", "hostIPC", "initContainers", "ephemeralContainers", "serviceAccountName" })
                {
                    Assert.That(pod.ContainsKey(refused), Is.False, $"{path}.{refused}");
                }

                Assert.That(pod["securityContext"]!["runAsNonRoot"]!.GetValue<bool>(), Is.True, path);
                Assert.That(pod["securityContext"]!["runAsUser"]!.GetValue<long>(), Is.EqualTo(PodTemplate.User), path);
                Assert.That(pod["securityContext"]!["seccompProfile"]!["type"]!.GetValue<string>(), Is.EqualTo("RuntimeDefault"), path);
                Assert.That(pod["automountServiceAccountToken"]!.GetValue<bool>(), Is.False, path);
                var volumes = pod["volumes"]!.AsArray().SelectMany(volume => volume!.AsObject().Select(member => member.Key)).Distinct();
                Assert.That(volumes, Is.SubsetOf(new[] { "name", "configMap", "emptyDir", "persistentVolumeClaim", "secret" }), path);
                foreach (var container in pod["containers"]!.AsArray()) CheckContainer(container!.AsObject(), path);
            }
        });
    }

    private static void CheckContainer(JsonObject container, string path)
    {
        var security = container["securityContext"]!.AsObject();
        Assert.That(security["allowPrivilegeEscalation"]!.GetValue<bool>(), Is.False, path);
        Assert.That(security["readOnlyRootFilesystem"]!.GetValue<bool>(), Is.True, path);
        Assert.That(security["capabilities"]!.ToJsonString(), Is.EqualTo("""{"drop":["ALL"]}"""), path);
        Assert.That(security.ContainsKey("privileged") || security.ContainsKey("procMount"), Is.False, path);
        Assert.That((container["ports"]?.AsArray() ?? []).Any(port => port!.AsObject().ContainsKey("hostPort")), Is.False, path);
        Assert.That(container["resources"]!["requests"]!.AsObject().ContainsKey("cpu")
            && container["resources"]!["limits"]!.AsObject().ContainsKey("memory"), Is.True, path);
    }

    [TestCaseSource(typeof(Manifests), nameof(Manifests.Overlays))]
    public void Overlay_InDeploy_IsWhatItsFirstLineRenders(string name)
    {
        var text = File.ReadAllText(Path.Combine(Manifests.Folder, "overlays", name, "run.yaml"));
        var arguments = text.Split('\n')[0].Replace("# lhts ", "", StringComparison.Ordinal)
            .Replace("recipes/", Repository.PathOf("recipes") + "/", StringComparison.Ordinal).Split(' ');
        var rendered = Manifests.Parse(Output(arguments));
        var kept = Manifests.Parse(text);
        foreach (var (mine, theirs) in rendered.Zip(kept)) CompareRecipes(mine, theirs);
        Assert.That(kept.Select(manifest => manifest.ToJsonString()), Is.EqualTo(rendered.Select(manifest => manifest.ToJsonString())), "render it again");
    }

    /// <summary>The recipe of a ConfigMap has every value, defaults too: one that was printed before a key was added says the same.</summary>
    private static void CompareRecipes(JsonObject rendered, JsonObject kept)
    {
        if (rendered["data"]?["recipe.yaml"] is not { } mine || kept["data"]?["recipe.yaml"] is not { } theirs) return;
        Assert.That(RecipeReader.Write(RecipeReader.Parse(theirs.GetValue<string>(), "kept.yaml")), Is.EqualTo(mine.GetValue<string>()));
        rendered.Remove("data");
        kept.Remove("data");
    }

    private static string Output(string[] arguments)
    {
        var output = new StringWriter();
        var before = Console.Out;
        Console.SetOut(output);
        try
        {
            Assert.That(CommandLine.Build().Parse(arguments).Invoke(), Is.EqualTo(ExitCode.Done));
        }
        finally
        {
            Console.SetOut(before);
        }

        return output.ToString();
    }

    [Test]
    public void Rules_ForTheOperator_AreThoseForPrometheus()
    {
        var operators = Manifests.Parse(File.ReadAllText(Path.Combine(GrafanaFiles.Folder, "prometheusrule.yaml"))).Single();
        var plain = Manifests.Parse(File.ReadAllText(GrafanaFiles.Alerts)).Single();
        Assert.That(operators["spec"]!["groups"]!.ToJsonString(), Is.EqualTo(plain["groups"]!.ToJsonString()));
    }

    [Test]
    public void Dashboards_OfTheConfigMap_AreAllThatThereAre()
    {
        var built = KustomizeCheck.Build(GrafanaFiles.Folder);
        var map = built.Single(manifest => manifest["kind"]!.GetValue<string>() == "ConfigMap");
        Assert.That(map["data"]!.AsObject().Select(member => member.Key), Is.EquivalentTo(GrafanaFiles.Dashboards.Select(Path.GetFileName)));
    }

    [Test]
    public void Pod_OfARun_HasMoreTimeThanTheRunTakesToStop()
    {
        var recipe = Quickstart with { Distributed = Quickstart.Distributed with { StopTimeout = 100 } };
        var (_, pod) = Manifests.Parse(RunManifests.Render(recipe, new ManifestOptions())).SelectMany(manifest => Manifests.Pods(manifest)).Single();
        Assert.That(pod["terminationGracePeriodSeconds"]!.GetValue<long>(), Is.GreaterThan(100));
    }

    [Test]
    public void Places_ThatThePodsAreTold_AreOnesThatTheLauncherReads()
    {
        var (_, pod) = Manifests.Parse(RunManifests.Render(Quickstart, new ManifestOptions { Nodes = 3, GpusPerNode = 2 }))
            .SelectMany(manifest => Manifests.Pods(manifest)).Single();
        var container = pod["containers"]![0]!;
        var variables = container["env"]!.AsArray().ToDictionary(pair => pair!["name"]!.GetValue<string>(), pair => pair!["value"]!.GetValue<string>());
        variables["JOB_COMPLETION_INDEX"] = "2";
        variables.Remove("LHTS_SECRET_FILE");
        variables["LHTS_SECRET"] = "which the file would hold";
        var settings = LaunchPlan.Read(new LaunchOptions { Run = "x" },
            int.Parse(container["args"]![3]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture), variables.GetValueOrDefault);
        Assert.That((settings!.Agent, settings.NumAgents, settings.NumRanks, settings.MasterAddress), Is.EqualTo((2, 3, 2, "quickstart-0.quickstart")));
    }

    [Test]
    public void Layout_ThatCannotBe_IsRefusedWithAllThatIsWrong()
    {
        var recipe = Quickstart with { Name = "Not A Name", Distributed = new DistributedRecipe { Elastic = new ElasticRecipe { Min = 2, Max = 3 } } };
        var errors = Assert.Throws<LaunchException>(() => RunManifests.Render(recipe, new ManifestOptions { Nodes = 2, GpusPerNode = 2 }))!.Errors;
        Assert.That(errors, Is.EqualTo(new[]
        {
            "the run's name is 'Not A Name', but must be lower case letters, digits and '-', at most 40, to name its pods.",
            "2 nodes with 2 ranks bring 4, but distributed.elastic allows 2 to 3.",
        }));
    }
}
