using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Stages;

/// <summary>Settings as a table of keys and values, by the names that recipes have for them.</summary>
internal static class FlatSettings
{
    // Stages keep their part of a recipe under the name of its type.
    private static readonly (string Kept, string Recipe)[] Groups = [("teacherRecipe.", "teacher."), ("studentRecipe.", "student.")];

    /// <summary>The keys of YAML that <see cref="YamlWriter"/> wrote, with the text of their values.</summary>
    /// <param name="yaml">The settings.</param>
    /// <param name="file">The name for messages.</param>
    /// <exception cref="RecipeException">It is not YAML.</exception>
    public static Dictionary<string, string> Of(string yaml, string file)
    {
        var (table, errors) = (new Dictionary<string, string>(StringComparer.Ordinal), new ErrorList(file));
        var root = YamlReader.Read(yaml, errors);
        errors.ThrowIfAny();
        if (root is not null) Add(root, "", table);
        return table;
    }

    /// <summary>What differs, in the order of the keys.</summary>
    /// <param name="step">From which step on.</param>
    /// <param name="before">The table until then.</param>
    /// <param name="now">The table from then on.</param>
    public static SettingChange[] Differences(long step, IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now) =>
    [
        .. before.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .Select(key =>
                new SettingChange(step, key, before.GetValueOrDefault(key, SettingChange.Nothing), now.GetValueOrDefault(key, SettingChange.Nothing)))
            .Where(change => change.Was != change.Is),
    ];

    private static void Add(YamlNode node, string key, Dictionary<string, string> table)
    {
        if (node is not YamlMapping group)
        {
            table[NameOf(key)] = TextOf(node);
            return;
        }

        foreach (var (name, value) in group.Entries) Add(value, key.Length == 0 ? name.Text : $"{key}.{name.Text}", table);
    }

    private static string TextOf(YamlNode node) => node switch
    {
        YamlScalar scalar => scalar.Text,
        YamlSequence list => $"[{string.Join(", ", list.Items.Select(TextOf))}]",
        YamlMapping group => $"{{{string.Join(", ", group.Entries.Select(entry => $"{entry.Key.Text}: {TextOf(entry.Value)}"))}}}",
        _ => node.Describe(),
    };

    private static string NameOf(string key)
    {
        var group = Groups.FirstOrDefault(group => key.StartsWith(group.Kept, StringComparison.Ordinal));
        return group.Kept is null ? key : group.Recipe + key[group.Kept.Length..];
    }
}
