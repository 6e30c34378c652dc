using System.Text.Json;
using Lhts.Models.Safetensors;

namespace Lhts.Models.Gpt;

/// <summary>The tensors of a model folder: one <c>model.safetensors</c>, or several files and an index that says which tensor lies where.</summary>
internal sealed class WeightFiles : IDisposable
{
    public const string SingleName = "model.safetensors";
    public const string IndexName = "model.safetensors.index.json";

    private const long MaxIndexLength = 100_000_000;

    private readonly List<SafetensorsFile> files = [];
    private readonly Dictionary<string, SafetensorsFile> fileOf = new(StringComparer.Ordinal);

    private WeightFiles()
    {
    }

    public IEnumerable<string> Names => fileOf.Keys;

    /// <summary>The file that holds a tensor of <see cref="Names"/>.</summary>
    public SafetensorsFile this[string name] => fileOf[name];

    public static WeightFiles Open(string folder)
    {
        var weights = new WeightFiles();
        try
        {
            var single = Path.Combine(folder, SingleName);
            var index = Path.Combine(folder, IndexName);
            if (File.Exists(single)) weights.Add(single);
            else if (File.Exists(index)) weights.AddShards(folder, index);
            else throw new FileNotFoundException($"'{folder}': holds neither '{SingleName}' nor '{IndexName}'; pickled .bin files are not read.");
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var file in files) file.Dispose();
    }

    private void Add(string path)
    {
        var file = SafetensorsFile.Open(path);
        files.Add(file);
        foreach (var tensor in file.Tensors)
        {
            if (fileOf.TryAdd(tensor.Name, file)) continue;
            throw new InvalidDataException($"'{path}': tensor '{tensor.Name}' is also in '{fileOf[tensor.Name].Path}'.");
        }
    }

    private void AddShards(string folder, string indexPath)
    {
        var weightMap = ReadIndex(indexPath);
        foreach (var shard in weightMap.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            // The index comes from elsewhere: it must not point out of its folder.
            if (shard.Length == 0 || Path.GetFileName(shard) != shard)
            {
                throw new InvalidDataException($"'{indexPath}': '{shard}' is not the name of a file in the same folder.");
            }
            var path = Path.Combine(folder, shard);
            if (!File.Exists(path)) throw new FileNotFoundException($"'{indexPath}': names '{shard}', which is not in the folder.");
            Add(path);
        }

        var misplaced = weightMap.Where(pair => !fileOf.TryGetValue(pair.Key, out var file) || Path.GetFileName(file.Path) != pair.Value)
            .Select(pair => $"'{pair.Key}' in '{pair.Value}'").ToArray();
        if (misplaced.Length > 0)
        {
            throw new InvalidDataException($"'{indexPath}': these tensors are not where it says: {string.Join(", ", misplaced)}.");
        }
    }

    private static Dictionary<string, string> ReadIndex(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > MaxIndexLength)
        {
            throw new InvalidDataException($"'{path}': {length} bytes are too many for an index, which has at most {MaxIndexLength}.");
        }
        try
        {
            var index = JsonSerializer.Deserialize<ShardIndex>(File.ReadAllBytes(path), ShardIndex.Options);
            if (index?.WeightMap is { Count: > 0 } map && map.Values.All(file => file is not null)) return map;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}': not an index of safetensors files: {exception.Message}", exception);
        }

        throw new InvalidDataException($"'{path}': has no weight_map from tensor names to file names.");
    }

    private sealed record ShardIndex
    {
        public static JsonSerializerOptions Options { get; } = new()
        {
            AllowDuplicateProperties = false,
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            MaxDepth = 8,
        };

        public Dictionary<string, string>? WeightMap { get; init; }
    }
}
