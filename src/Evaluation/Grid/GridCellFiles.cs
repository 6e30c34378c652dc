using System.Text.Json;
using Lhts.Basics;

namespace Lhts.Evaluation.Grid;

/// <summary>Measured cells as files of a folder, so that work that was stopped goes on with the next cell.</summary>
/// <param name="folder">Where they are; made when it is not there.</param>
/// <param name="fingerprint">Of all that decides a cell besides its place: models, seed, number and length of texts.</param>
public sealed class GridCellFiles(string folder, string fingerprint)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>The cell, or null where it is not measured yet, or with other settings, or the file is damaged.</summary>
    public GridCell? Find(GridKey key)
    {
        if (!File.Exists(PathOf(key))) return null;
        try
        {
            var stored = JsonSerializer.Deserialize<Stored>(File.ReadAllText(PathOf(key)), Json);
            return stored?.Fingerprint == fingerprint && stored.Cell?.Key == key && stored.Cell.Texts is { Count: > 0 } ? stored.Cell : null;
        }
        catch (JsonException)
        {
            return null; // it is measured again
        }
    }

    /// <summary>Keeps a cell: complete or not at all.</summary>
    public void Save(GridCell cell)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(PathOf(cell.Key), stream => JsonSerializer.Serialize(stream, new Stored(fingerprint, cell), Json));
    }

    private string PathOf(GridKey key) => Path.Combine(folder, key.Name + ".json");

    private sealed record Stored(string Fingerprint, GridCell? Cell);
}
