namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>
/// Lays one document over another: groups of keys merge key by key, everything else replaces what was there. A group of another kind (its key <c>kind</c>
/// differs) replaces the one below it, whose keys would mean nothing beside it.
/// </summary>
internal static class YamlMerge
{
    /// <summary>The key that says which kind a group is.</summary>
    public const string KindKey = "kind";

    /// <summary>The merged document; both stay as they are.</summary>
    /// <param name="over">What is laid over.</param>
    /// <param name="under">What lies below.</param>
    public static YamlNode Over(YamlNode over, YamlNode under) =>
        over is YamlMapping upper && AsGroup(under, upper) is { } lower && !AreOfOtherKinds(upper, lower) ? Merge(upper, lower) : over;

    private static YamlMapping Merge(YamlMapping over, YamlMapping under)
    {
        var merged = under.Entries.ToList();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in over.Entries)
        {
            var place = merged.FindIndex(other => other.Key.Text == entry.Key.Text);
            var isAgain = !seen.Add(entry.Key.Text); // both stay, and are refused as what they are
            if (place < 0 || isAgain) merged.Add(entry);
            else merged[place] = new YamlEntry(entry.Key, Over(entry.Value, merged[place].Value));
        }

        return new YamlMapping(over.Position, merged);
    }

    /// <summary>A name where a group is laid over is the group's kind: <c>source: teacher</c> below <c>source: {buffer: 64}</c>.</summary>
    private static YamlMapping? AsGroup(YamlNode under, YamlMapping over) => under switch
    {
        YamlScalar { IsNull: false, IsPlain: true } name when char.IsAsciiLetter(name.Text[0]) && KindOf(over) is null =>
            new YamlMapping(name.Position, [new YamlEntry(new YamlScalar(name.Position, KindKey, IsPlain: true), name)]),
        _ => under as YamlMapping,
    };

    private static bool AreOfOtherKinds(YamlMapping over, YamlMapping under) =>
        KindOf(over) is { } kind && KindOf(under) is { } other && kind != other;

    private static string? KindOf(YamlMapping group) =>
        group.Entries.Where(entry => entry.Key.Text == KindKey).Select(entry => (entry.Value as YamlScalar)?.Text).FirstOrDefault();
}
