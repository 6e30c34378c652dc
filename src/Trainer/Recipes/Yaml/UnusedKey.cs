using System.Reflection;
using System.Text.Json;

namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>A key that means nothing beside the other values of its record.</summary>
/// <param name="Name">The key.</param>
/// <param name="Reason">Why, as it follows the key's path.</param>
public sealed record UnusedKey(string Name, string Reason)
{
    /// <summary>The keys of a record that have a <see cref="KindsAttribute"/> without its kind.</summary>
    public static IEnumerable<UnusedKey> NotOf(Type record, Enum kind) =>
        from property in record.GetProperties()
        let kinds = property.GetCustomAttribute<KindsAttribute>()?.Kinds
        where kinds is not null && !kinds.Contains(kind)
        select new UnusedKey(
            JsonNamingPolicy.CamelCase.ConvertName(property.Name),
            $"belongs to kind {string.Join(" and ", kinds.Cast<Enum>().Select(YamlNames.Of))}, not to {YamlNames.Of(kind)}");
}

/// <summary>Says beside which kinds a key means something.</summary>
/// <param name="kinds">Values of one enum.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KindsAttribute(params object[] kinds) : Attribute
{
    /// <summary>The kinds.</summary>
    public IReadOnlyList<object> Kinds => kinds;
}
