using System.Text.Json;
using Lhts.Basics;

namespace Lhts.Data.Parquet;

/// <summary>A manifest kept with a run, to tell on resuming whether the data is still the same.</summary>
public static class ManifestFile
{
    private const int MaxChangesShown = 5;

    private static readonly JsonSerializerOptions Format =
        new() { WriteIndented = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    /// <summary>Writes the file in one step.</summary>
    public static void Save(DataManifest manifest, string path) =>
        AtomicFile.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(manifest, Format));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file is no manifest.</exception>
    public static DataManifest Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<DataManifest>(File.ReadAllBytes(path), Format) is { Shards.IsDefault: false } manifest
                ? manifest
                : throw new InvalidDataException($"'{path}' is no manifest of a data set.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"'{path}' is no manifest of a data set: {error.Message}");
        }
    }

    /// <summary>Fails when the data is not what it was, saying what changed.</summary>
    /// <exception cref="InvalidDataException">Files were added, removed or changed, or the text column is another.</exception>
    public static void RequireSame(DataManifest saved, DataManifest current)
    {
        var changes = Changes(saved, current);
        if (changes.Count == 0) return;
        var shown = string.Join("; ", changes.Take(MaxChangesShown));
        var more = changes.Count > MaxChangesShown ? $"; and {changes.Count - MaxChangesShown} more" : "";
        throw new InvalidDataException($"The data set changed since the run began: {shown}{more}. Restore it, or start a new run.");
    }

    /// <summary>What differs, in words, in the order of names; empty when nothing does.</summary>
    public static IReadOnlyList<string> Changes(DataManifest saved, DataManifest current)
    {
        var changes = new List<string>();
        if (saved.TextColumn != current.TextColumn) changes.Add($"the text column was '{saved.TextColumn}' and is '{current.TextColumn}'");
        if (saved.PromptColumn != current.PromptColumn) changes.Add($"the prompt column was {Shown(saved.PromptColumn)} and is {Shown(current.PromptColumn)}");
        var before = saved.Shards.ToDictionary(shard => shard.Name, StringComparer.Ordinal);
        var now = current.Shards.ToDictionary(shard => shard.Name, StringComparer.Ordinal);
        foreach (var name in before.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
        {
            if (Change(before.GetValueOrDefault(name), now.GetValueOrDefault(name)) is { } change) changes.Add($"'{name}' {change}");
        }

        return changes;
    }

    private static string Shown(string? column) => column is null ? "none" : $"'{column}'";

    private static string? Change(Shard? before, Shard? now)
    {
        if (before is null) return "was added";
        if (now is null) return "was removed";
        if (before.NumBytes != now.NumBytes) return $"had {before.NumBytes} bytes and has {now.NumBytes}";
        if (before.NumRows != now.NumRows) return $"had {before.NumRows} rows and has {now.NumRows}";
        if (before.FooterSha256 != now.FooterSha256) return "has another footer";
        return before.RowGroups.SequenceEqual(now.RowGroups) ? null : "has other row groups";
    }
}
