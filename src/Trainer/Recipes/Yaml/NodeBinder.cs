using System.Reflection;

namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>
/// Binds YAML nodes to values by their types. Says everything that is wrong and never stops at the first error: a record of which some keys fit is bound as far
/// as it goes, so that their values can be checked in the same breath.
/// </summary>
internal sealed class NodeBinder(ErrorList errors, SourceMap sources, YamlForm form)
{
    /// <summary>Binds a node to a type; false when it does not fit, which is then among the errors.</summary>
    /// <param name="type">The type; a nullable value type takes null as well.</param>
    /// <param name="node">The node.</param>
    /// <param name="path">The path of the value, empty for the root.</param>
    /// <param name="value">The value.</param>
    /// <param name="isNullable">Whether null fits a reference type.</param>
    /// <param name="fallback">A record whose values stand for the keys that are not given; null: the type's own defaults.</param>
    public bool TryBind(Type type, YamlNode node, string path, out object? value, bool isNullable = false, object? fallback = null)
    {
        value = null;
        if (node is YamlScalar { IsRefused: true }) return false;
        var inner = Nullable.GetUnderlyingType(type);
        if ((inner is not null || isNullable) && node is YamlScalar { IsNull: true }) return true;

        type = inner ?? type;
        if (form.ConverterOf(type) is { } converter) return converter.TryRead(node, new YamlContext(this, path), out value);
        if (form.KindsOf(type) is { } kinds) return TryBindKind(kinds, node, path, fallback, out value);
        if (ScalarParser.IsScalar(type)) return TryBindScalar(type, node, path, out value);
        return ItemType(type) is { } item
            ? TryBindList(item, node, path, out value)
            : TryBindRecord(type, node, path, fallback, out value);
    }

    /// <summary>Says that a value does not fit.</summary>
    public void Refuse(YamlNode node, string path, string expected)
    {
        var subject = path.Length == 0 ? "the file" : path;
        errors.Add(node.Position, $"{subject} is {node.Describe()}, but must be {expected}.");
    }

    private bool TryBindScalar(Type type, YamlNode node, string path, out object? value)
    {
        value = null;
        if (node is YamlScalar { IsNull: false } scalar && ScalarParser.TryParse(type, scalar, out value)) return true;

        Refuse(node, path, ScalarParser.Expectation(type, (node as YamlScalar)?.Text));
        return false;
    }

    private bool TryBindList(Type itemType, YamlNode node, string path, out object? value)
    {
        value = null;
        if (node is not YamlSequence sequence)
        {
            Refuse(node, path, "a list, such as [a, b] or lines that start with '- '");
            return false;
        }

        var items = Array.CreateInstance(itemType, sequence.Items.Count);
        var allFit = true;
        for (var index = 0; index < items.Length; index++)
        {
            var itemPath = $"{path}[{index}]";
            sources.Add(itemPath, sequence.Items[index].Position);
            var fits = TryBind(itemType, sequence.Items[index], itemPath, out var item);
            if (fits) items.SetValue(item, index);
            allFit &= fits;
        }

        value = items;
        return allFit;
    }

    private bool TryBindRecord(Type type, YamlNode node, string path, object? fallback, out object? value)
    {
        value = null;
        if (AsMapping(type, node) is not { } mapping)
        {
            Refuse(node, path, "a group of keys: " + string.Join(", ", YamlNames.Keys(type).Select(key => key.Name)));
            return false;
        }

        return TryBindEntries(type, mapping, path, fallback, out value);
    }

    /// <summary>Binds a group that has kinds: <c>{kind: NAME, ...}</c>, or NAME alone. Without a kind it is that of the fallback.</summary>
    private bool TryBindKind(KindRegistry kinds, YamlNode node, string path, object? fallback, out object? value)
    {
        value = null;
        var mapping = node is YamlScalar { IsNull: false } ? KindAlone(node) : node as YamlMapping;
        if (mapping is null)
        {
            Refuse(node, path, $"a kind ({kinds.Names}), or a group of keys with one");
            return false;
        }

        var kind = mapping.Entries.Where(entry => entry.Key.Text == YamlMerge.KindKey).Select(entry => entry.Value).FirstOrDefault();
        var type = kind is null ? fallback?.GetType() : kinds.Kinds.GetValueOrDefault((kind as YamlScalar)?.Text ?? "");
        if (type is null)
        {
            var nearest = kind is YamlScalar asked ? Nearest.Find(asked.Text, kinds.Kinds.Keys) : null;
            if (kind is null) errors.Add(node.Position, $"the key '{Join(path, YamlMerge.KindKey)}' is missing; it must be {kinds.Names}.");
            else Refuse(kind, Join(path, YamlMerge.KindKey), kinds.Names + (nearest is null ? "" : $"; did you mean '{nearest}'?"));
            return false;
        }

        var given = mapping.Entries.FirstOrDefault(entry => entry.Key.Text == YamlMerge.KindKey);
        if (kind is not null) sources.Add(Join(path, YamlMerge.KindKey), given.Key.Position);
        var own = mapping with { Entries = [.. mapping.Entries.Where(entry => entry.Key.Text != YamlMerge.KindKey)] };
        return TryBindEntries(type, own, path, fallback?.GetType() == type ? fallback : null, out value, kinds);
    }

    private bool TryBindEntries(Type type, YamlMapping mapping, string path, object? fallback, out object? value, KindRegistry? kinds = null)
    {
        var record = fallback is null ? RecordFactory.Create(type) : RecordFactory.Copy(fallback);
        var given = new Dictionary<string, SourcePosition>(StringComparer.Ordinal);
        var allFit = true;
        foreach (var entry in mapping.Entries) allFit &= TryBindKey(type, record, entry, path, given, kinds);
        if (fallback is null) allFit &= HasAllRequired(type, path, given);
        RecordFactory.FillRequired(record);
        value = record;
        return allFit;
    }

    /// <summary>A single value where a group with a key 'kind' belongs is that kind: <c>source: teacher</c>.</summary>
    private static YamlMapping? AsMapping(Type type, YamlNode node) => node switch
    {
        YamlScalar { IsNull: false } when YamlNames.Keys(type).Any(key => key.Name == YamlMerge.KindKey) => KindAlone(node),
        _ => node as YamlMapping,
    };

    private static YamlMapping KindAlone(YamlNode kind) =>
        new(kind.Position, [new YamlEntry(new YamlScalar(kind.Position, YamlMerge.KindKey, IsPlain: true), kind)]);

    private bool TryBindKey(
        Type type, object record, YamlEntry entry, string path, Dictionary<string, SourcePosition> given, KindRegistry? kinds)
    {
        var name = entry.Key.Text;
        if (!given.TryAdd(name, entry.Key.Position))
        {
            var (again, first) = (YamlScalar.Quote(name), given[name].Line);
            errors.Add(entry.Key.Position, $"the key {again} stands here again; it is already on line {first}. Remove one of them.");
            return false;
        }

        var keys = YamlNames.Keys(type);
        if (keys.FirstOrDefault(key => key.Name == name) is not { } known)
        {
            errors.Add(entry.Key.Position, OfAnotherKind(type, name, path, kinds) ?? UnknownKey(name, path, keys));
            return false;
        }

        var keyPath = Join(path, name);
        sources.Add(keyPath, entry.Key.Position);
        var fallback = Fallback(known, record);
        var isBound = TryBind(known.Property.PropertyType, entry.Value, keyPath, out var value, known.IsNullable, fallback);
        var isPartOfGroup = !isBound && value is not null && IsGroup(known.Property.PropertyType); // its own faults are marked below it
        if (isBound || isPartOfGroup) known.Property.SetValue(record, value);
        else sources.Fault(keyPath);
        return isBound;
    }

    /// <summary>The record that the owner has under this key by default, whose values stand where the file gives none.</summary>
    private object? Fallback(KeyInfo key, object record) => IsGroup(key.Property.PropertyType) ? key.Property.GetValue(record) : null;

    /// <summary>Whether a type is bound key by key.</summary>
    private bool IsGroup(Type type) =>
        !ScalarParser.IsScalar(Nullable.GetUnderlyingType(type) ?? type) && ItemType(type) is null && form.ConverterOf(type) is null;

    private bool HasAllRequired(Type type, string path, Dictionary<string, SourcePosition> given)
    {
        var missing = YamlNames.Keys(type).Where(key => key.IsRequired && !given.ContainsKey(key.Name)).ToList();
        foreach (var key in missing)
        {
            errors.Add(sources.Find(path), $"the key '{Join(path, key.Name)}' is missing; it has no default, so add it.");
            sources.Fault(Join(path, key.Name));
        }

        return missing.Count == 0;
    }

    /// <summary>What is wrong with a key that other kinds of the group have; null where none has it.</summary>
    private static string? OfAnotherKind(Type type, string name, string path, KindRegistry? kinds)
    {
        var owners = kinds?.Kinds.Where(kind => YamlNames.Keys(kind.Value).Any(key => key.Name == name)).Select(kind => kind.Key).ToArray() ?? [];
        return owners.Length == 0
            ? null
            : $"{Join(path, name)} belongs to kind {string.Join(" and ", owners)}, not to {kinds!.NameOf(type)}; remove it, or change the kind.";
    }

    private static string UnknownKey(string name, string path, IReadOnlyList<KeyInfo> keys)
    {
        var names = keys.Select(key => key.Name).ToList();
        var owner = path.Length == 0 ? "" : $" in '{path}'";
        var hint = Nearest.Find(name, names) is { } nearest ? $"; did you mean '{nearest}'?" : ".";
        return $"unknown key {YamlScalar.Quote(name)}{owner}{hint} Known keys: {string.Join(", ", names)}.";
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;

    /// <summary>The type of the items when a type takes a list: <c>T[]</c>, <c>IReadOnlyList&lt;T&gt;</c> and their interfaces.</summary>
    internal static Type? ItemType(Type type)
    {
        if (type.IsArray) return type.GetElementType();
        return type.IsInterface && type.IsGenericType && type.GetTypeInfo().GenericTypeArguments is [var item]
            && type.IsAssignableFrom(item.MakeArrayType()) ? item : null;
    }
}
