using System.Reflection;
using System.Text.Json.Nodes;

namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>
/// Writes down what <see cref="YamlBinder"/> reads as a JSON schema (draft 7), from which editors complete keys and mark faults: the same records, no second
/// declaration. What depends on several values is left to the validation.
/// </summary>
/// <param name="form">What files are read with.</param>
/// <param name="describe">What a property's key means; null where nothing is known.</param>
public sealed class YamlSchema(YamlForm form, Func<PropertyInfo, string?> describe)
{
    /// <summary>The schema of a file that holds a record, or lies over another file by its key <c>base</c>.</summary>
    /// <param name="type">The record.</param>
    /// <param name="title">What such a file is.</param>
    public JsonObject OfFile(Type type, string title)
    {
        var group = OfGroup(type, RecordFactory.Create(type), isPart: true);
        var properties = (JsonObject)group["properties"]!;
        properties.Insert(0, YamlLayers.BaseKey, new JsonObject
        {
            ["type"] = "string",
            ["description"] = "A file that this one lies over, relative to it: groups of keys merge, everything else replaces.",
        });
        return new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = title,
            ["type"] = "object",
            ["properties"] = properties.DeepClone(),
            ["additionalProperties"] = false,
            ["anyOf"] = new JsonArray(new JsonObject { ["required"] = new JsonArray(YamlLayers.BaseKey) }, Required(type)),
        };
    }

    /// <summary>What must be there in a file that lies over no other; of groups that are given, their own required keys.</summary>
    private JsonObject Required(Type type)
    {
        var keys = YamlNames.Keys(type);
        var required = new JsonObject();
        if (keys.Any(key => key.IsRequired)) required["required"] = new JsonArray([.. keys.Where(key => key.IsRequired).Select(key => (JsonNode)key.Name)]);
        var parts = new JsonObject();
        foreach (var key in keys.Where(key => IsGroup(key.Property.PropertyType)))
        {
            if (Required(key.Property.PropertyType) is { Count: > 0 } part)
            {
                parts[key.Name] = key.IsNullable ? AnyOf(new JsonObject { ["type"] = "null" }, part) : part;
            }
        }

        if (parts.Count > 0) required["properties"] = parts;
        return required;
    }

    private JsonObject OfGroup(Type type, object? defaults, bool isPart)
    {
        var properties = new JsonObject();
        foreach (var key in YamlNames.Keys(type)) properties[key.Name] = OfKey(key, defaults is null ? null : key.Property.GetValue(defaults), isPart);
        var group = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        var required = YamlNames.Keys(type).Where(key => key.IsRequired).Select(key => (JsonNode)key.Name).ToArray();
        if (!isPart && required.Length > 0) group["required"] = new JsonArray(required);
        return group;
    }

    private JsonObject OfKey(KeyInfo key, object? standard, bool isPart)
    {
        var type = key.Property.PropertyType;
        var schema = Of(Nullable.GetUnderlyingType(type) ?? type, standard, isPart);
        if (key.IsNullable) schema = OrNull(schema);
        var described = new JsonObject();
        if (describe(key.Property) is { } description) described["description"] = description;
        foreach (var (name, value) in schema) described[name] = value?.DeepClone();
        if (!key.IsRequired && JsonOf(standard) is { } json) described["default"] = json;
        return described;
    }

    private JsonObject Of(Type type, object? standard, bool isPart)
    {
        if (form.ConverterOf(type) is { } converter)
        {
            return converter.Forms.Count == 0 ? [] : AnyOf([.. converter.Forms.Select(own => Of(own, null, isPart: false))]);
        }

        if (form.KindsOf(type) is { } kinds) return OfKinds(kinds, standard?.GetType(), isPart);
        if (ScalarParser.IsScalar(type)) return OfScalar(type);
        if (NodeBinder.ItemType(type) is { } item) return new JsonObject { ["type"] = "array", ["items"] = Of(item, null, isPart: false) };
        var group = OfGroup(type, standard ?? Default(type), isPart);
        var kind = YamlNames.Keys(type).FirstOrDefault(key => key.Name == YamlMerge.KindKey);
        return kind is null ? group : AnyOf(Of(kind.Property.PropertyType, null, isPart), group);
    }

    /// <summary>A kind's name, or a group with that kind and its own keys; without a kind it is the standard one.</summary>
    private JsonObject OfKinds(KindRegistry kinds, Type? standard, bool isPart)
    {
        var forms = new List<JsonObject> { OneOf(kinds.Kinds.Keys) };
        foreach (var (name, type) in kinds.Kinds)
        {
            var group = OfGroup(type, Default(type), isPart);
            ((JsonObject)group["properties"]!).Insert(0, YamlMerge.KindKey, OneOf([name]));
            if (type != standard) group["required"] = new JsonArray(YamlMerge.KindKey);
            forms.Add(group);
        }

        return AnyOf(forms);
    }

    private static JsonObject OfScalar(Type type)
    {
        if (type.IsEnum) return OneOf(Enum.GetValues(type).Cast<Enum>().Select(YamlNames.Of));
        return new JsonObject { ["type"] = type == typeof(string) ? "string" : type == typeof(bool) ? "boolean" : type == typeof(double)
            ? "number"
            : "integer" };
    }

    private static JsonObject OneOf(IEnumerable<string> values) => new() { ["enum"] = new JsonArray([.. values.Select(value => (JsonNode)value)]) };

    private static JsonObject AnyOf(params IReadOnlyList<JsonObject> forms) =>
        forms is [var only] ? only : new JsonObject { ["anyOf"] = new JsonArray([.. forms]) };

    private static JsonObject OrNull(JsonObject schema)
    {
        if (schema["enum"] is JsonArray values) values.Add((JsonNode?)null);
        else if (schema["anyOf"] is JsonArray forms) forms.Add(new JsonObject { ["type"] = "null" });
        else if (schema["type"] is JsonValue name) schema["type"] = new JsonArray(name.DeepClone(), "null");
        return schema;
    }

    private JsonNode? JsonOf(object? value) => value switch
    {
        bool flag => flag,
        int number => number,
        long number => number,
        double number when double.IsFinite(number) => number,
        string text => text,
        Enum name => YamlNames.Of(name),
        System.Collections.IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(JsonOf)]),
        _ => null,
    };

    private bool IsGroup(Type type) =>
        RecordFactory.IsRecord(type) && !ScalarParser.IsScalar(type) && form.ConverterOf(type) is null && form.KindsOf(type) is null;

    private static object? Default(Type type) => type.GetConstructor(Type.EmptyTypes) is null ? null : RecordFactory.Create(type);
}
