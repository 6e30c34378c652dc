using System.Text.Json.Nodes;
using Lhts.Testing;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Lhts.Trainer.Tests.Kubernetes;

/// <summary>Reads manifests as Kubernetes does: YAML as the JSON that it stands for.</summary>
internal static class Manifests
{
    /// <summary>Where deploy/k8s is.</summary>
    public static string Folder { get; } = Repository.PathOf("deploy", "k8s");

    /// <summary>The overlays, by name.</summary>
    public static IEnumerable<string> Overlays =>
        Directory.GetDirectories(Path.Combine(Folder, "overlays")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    /// <summary>The documents of a text.</summary>
    public static List<JsonObject> Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(document => (JsonObject)Json(document.RootNode)!)];
    }

    /// <summary>The pods of a manifest, with the path to each.</summary>
    public static IEnumerable<(string Path, JsonObject Spec)> Pods(JsonNode? node, string path = "")
    {
        if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                foreach (var pod in Pods(list[i], $"{path}[{i}]")) yield return pod;
            }
        }
        else if (node is JsonObject members)
        {
            if (members.ContainsKey("containers")) yield return (path, members);
            foreach (var (name, value) in members)
            {
                foreach (var pod in Pods(value, $"{path}.{name}")) yield return pod;
            }
        }
    }

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Json(pair.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value!),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new InvalidDataException($"'{node}' is nothing that a manifest may hold."),
    };

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "null" or "~" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
