using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Lhts.Testing;

namespace Lhts.Trainer.Tests.Kubernetes;

/// <summary>
/// Compares manifests with the structural schemas in Schemas/, each of which says where it comes from. Unlike a cluster, it refuses every member that a
/// schema does not know.
/// </summary>
internal sealed class StructuralSchema
{
    private readonly Dictionary<string, JsonObject> kinds = [];

    /// <param name="files">Names in Schemas/ without their ending; a later one adds to the earlier ones.</param>
    public StructuralSchema(params string[] files)
    {
        foreach (var file in files)
        {
            var text = File.ReadAllText(Repository.PathOf("tests", "Trainer", "Kubernetes", "Schemas", file + ".json"));
            foreach (var (kind, schema) in JsonNode.Parse(text)!["kinds"]!.AsObject()) kinds[kind] = schema!.AsObject();
        }
    }

    /// <summary>What is wrong with a manifest.</summary>
    public List<string> Errors(JsonObject manifest)
    {
        var errors = new List<string>();
        var kind = $"{manifest["apiVersion"]} {manifest["kind"]}";
        if (kinds.TryGetValue(kind, out var schema)) Check(manifest, schema, kind, errors);
        else errors.Add($"'{kind}' is not known; there are {string.Join(", ", kinds.Keys)}");
        return errors;
    }

    private void Check(JsonNode? node, JsonObject schema, string path, List<string> errors)
    {
        if (schema["reference"] is { } reference)
        {
            Check(node, kinds[reference.GetValue<string>()]["properties"]!["spec"]!.AsObject(), path, errors);
            return;
        }

        if (schema["enum"] is JsonArray allowed && !allowed.Any(value => JsonNode.DeepEquals(value, node))) errors.Add($"{path} is {node?.ToJsonString()}");
        var type = schema["type"]?.GetValue<string>();
        var isEither = schema["x-kubernetes-int-or-string"] is not null;
        if (!(isEither ? IsOf(node, "integer") || IsOf(node, "string") : type is null || IsOf(node, type)))
        {
            errors.Add($"{path} is {node?.ToJsonString() ?? "null"}, but must be of type {type ?? "integer or string"}");
            return;
        }

        if (node is JsonObject members) CheckMembers(members, schema, path, errors);
        if (node is JsonArray items) CheckItems(items, schema, path, errors);
        if (node is JsonValue value) CheckValue(value, schema, path, errors);
    }

    private void CheckMembers(JsonObject members, JsonObject schema, string path, List<string> errors)
    {
        foreach (var name in schema["required"]?.AsArray() ?? [])
        {
            if (!members.ContainsKey(name!.GetValue<string>())) errors.Add($"{path}.{name} is missing");
        }

        var (known, other) = (schema["properties"]?.AsObject(), schema["additionalProperties"]?.AsObject());
        var isOpen = schema["x-kubernetes-preserve-unknown-fields"] is not null;
        foreach (var (name, value) in members)
        {
            if ((known?[name] ?? other) is JsonObject next) Check(value, next, $"{path}.{name}", errors);
            else if (!isOpen) errors.Add($"{path}.{name} is not known");
        }
    }

    private void CheckItems(JsonArray items, JsonObject schema, string path, List<string> errors)
    {
        if (schema["maxItems"] is { } most && items.Count > most.GetValue<int>()) errors.Add($"{path} has {items.Count} items");
        if (schema["minItems"] is { } least && items.Count < least.GetValue<int>()) errors.Add($"{path} has {items.Count} items");
        if (schema["items"] is not JsonObject each) return;
        for (var i = 0; i < items.Count; i++) Check(items[i], each, $"{path}[{i}]", errors);
    }

    private static void CheckValue(JsonValue value, JsonObject schema, string path, List<string> errors)
    {
        if (value.GetValueKind() == JsonValueKind.String)
        {
            var text = value.GetValue<string>();
            if (schema["pattern"] is { } pattern && !Regex.IsMatch(text, pattern.GetValue<string>())) errors.Add($"{path} is '{text}', which is not {pattern}");
            if (schema["maxLength"] is { } longest && text.Length > longest.GetValue<int>()) errors.Add($"{path} has {text.Length} characters");
            if (schema["minLength"] is { } shortest && text.Length < shortest.GetValue<int>()) errors.Add($"{path} has {text.Length} characters");
        }
        else if (value.GetValueKind() == JsonValueKind.Number)
        {
            var number = value.GetValue<long>();
            if (schema["minimum"] is { } least && number < least.GetValue<double>()) errors.Add($"{path} is {number}");
            if (schema["maximum"] is { } most && number > most.GetValue<double>()) errors.Add($"{path} is {number}");
        }
    }

    private static bool IsOf(JsonNode? node, string type) => type switch
    {
        "object" => node is JsonObject,
        "array" => node is JsonArray,
        "string" => node?.GetValueKind() == JsonValueKind.String,
        "boolean" => node?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "integer" or "number" => node?.GetValueKind() == JsonValueKind.Number,
        _ => false,
    };
}
