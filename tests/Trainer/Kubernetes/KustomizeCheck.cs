using System.Text.Json.Nodes;

namespace Lhts.Trainer.Tests.Kubernetes;

/// <summary>
/// A small check of our own in place of <c>kubectl kustomize</c>: it follows resources, makes ConfigMaps from files, sets the namespace, and refuses files that
/// are missing, keys that it does not know and objects that come twice.
/// </summary>
internal static class KustomizeCheck
{
    private static readonly string[] Known = ["apiVersion", "kind", "namespace", "resources", "configMapGenerator"];

    /// <summary>The manifests of a folder.</summary>
    public static List<JsonObject> Build(string folder)
    {
        var kustomization = Manifests.Parse(File.ReadAllText(Path.Combine(folder, "kustomization.yaml"))).Single();
        Assert.That(kustomization.Select(member => member.Key), Is.SubsetOf(Known), folder);
        Assert.That($"{kustomization["apiVersion"]} {kustomization["kind"]}", Is.EqualTo("kustomize.config.k8s.io/v1beta1 Kustomization"), folder);
        var built = kustomization["resources"]!.AsArray().SelectMany(resource => Resource(folder, resource!.GetValue<string>())).ToList();
        built.AddRange((kustomization["configMapGenerator"]?.AsArray() ?? []).Select(map => Generate(folder, map!.AsObject())));
        if (kustomization["namespace"] is { } name)
        {
            foreach (var manifest in built.Where(manifest => manifest["kind"]!.GetValue<string>() != "Namespace"))
            {
                manifest["metadata"]!["namespace"] = name.GetValue<string>();
            }
        }

        Assert.That(built.Select(manifest => $"{manifest["apiVersion"]} {manifest["kind"]} {manifest["metadata"]!["name"]}"), Is.Unique, folder);
        return built;
    }

    private static List<JsonObject> Resource(string folder, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name));
        return Directory.Exists(path) ? Build(path) : Manifests.Parse(File.ReadAllText(path));
    }

    private static JsonObject Generate(string folder, JsonObject map)
    {
        var files = map["files"]!.AsArray().Select(file => file!.GetValue<string>());
        var data = files.Select(file => KeyValuePair.Create(Path.GetFileName(file), (JsonNode?)JsonValue.Create(File.ReadAllText(Path.Combine(folder, file)))));
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = map["name"]!.DeepClone(), ["labels"] = map["options"]!["labels"]!.DeepClone() },
            ["data"] = new JsonObject(data),
        };
    }
}
