using System.Text.Json;
using Lhts.Basics;

namespace Lhts.Trainer.Stages;

/// <summary>The changes of a stage's settings since it began: changes.jsonl, a line each, in the order in which they were made.</summary>
/// <param name="path">The file.</param>
internal sealed class StageChanges(string path)
{
    private static readonly JsonSerializerOptions Json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>All of them; none where there is no file.</summary>
    /// <exception cref="InvalidDataException">A line is not one.</exception>
    public SettingChange[] Read()
    {
        if (!File.Exists(path)) return [];
        try
        {
            return [.. File.ReadLines(path).Select(line => JsonSerializer.Deserialize<SettingChange>(line, Json)!)];
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"'{path}' has a line that is no change of a setting: {error.Message} Take the line out.", error);
        }
    }

    /// <summary>The settings that hold after the changes up to a step.</summary>
    /// <param name="begun">Those that the stage began with.</param>
    /// <param name="step">Later ones belong to steps that are made again.</param>
    public Dictionary<string, string> Apply(IReadOnlyDictionary<string, string> begun, long step = long.MaxValue)
    {
        var table = new Dictionary<string, string>(begun, StringComparer.Ordinal);
        foreach (var change in Read().Where(change => change.Step <= step)) table[change.Key] = change.Is;
        foreach (var (key, value) in table)
        {
            if (value == SettingChange.Nothing && !begun.ContainsKey(key)) table.Remove(key);
        }

        return table;
    }

    /// <summary>Writes down what differs from a step on, in place of changes after it.</summary>
    /// <returns>What differs.</returns>
    public SettingChange[] Record(long step, IReadOnlyDictionary<string, string> begun, IReadOnlyDictionary<string, string> now)
    {
        var changed = FlatSettings.Differences(step, Apply(begun, step), now);
        var all = Read();
        var kept = all.Where(change => change.Step <= step).ToArray();
        if (changed.Length == 0 && kept.Length == all.Length) return [];
        var lines = kept.Concat(changed).Select(change => JsonSerializer.Serialize(change, Json) + "\n");
        AtomicFile.WriteAllText(path, string.Concat(lines));
        return changed;
    }

    /// <summary>Forgets all: the stage begins anew.</summary>
    public void Clear() => File.Delete(path);
}
