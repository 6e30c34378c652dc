using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>The one spelling of each key and value: keys in camelCase, enum values in kebab-case.</summary>
public static class YamlNames
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<KeyInfo>> KeysByType = new();

    /// <summary>The spelling of an enum value: <c>IndexToken</c> is <c>index-token</c>.</summary>
    public static string Of(Enum value) => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>The keys of a record, in the order of their declaration.</summary>
    internal static IReadOnlyList<KeyInfo> Keys(Type record) => KeysByType.GetOrAdd(record, Read);

    private static IReadOnlyList<KeyInfo> Read(Type record)
    {
        var nullability = new NullabilityInfoContext();
        return
        [
            .. record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
                .OrderBy(property => property.MetadataToken)
                .Select(property => new KeyInfo(
                    JsonNamingPolicy.CamelCase.ConvertName(property.Name),
                    property,
                    nullability.Create(property).WriteState == NullabilityState.Nullable,
                    property.IsDefined(typeof(RequiredMemberAttribute)))),
        ];
    }
}

/// <summary>A key of a record.</summary>
internal sealed record KeyInfo(string Name, PropertyInfo Property, bool IsNullable, bool IsRequired);
