namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>Where in its file each value of a recipe comes from, by path (<c>student.temperatures[2]</c>).</summary>
public sealed class SourceMap
{
    private readonly Dictionary<string, SourcePosition> _positions = new(StringComparer.Ordinal) { [""] = SourcePosition.Start };

    /// <summary>Whether the file gives this value, rather than leaving it to its default.</summary>
    public bool IsGiven(string path) => _positions.ContainsKey(path);

    /// <summary>
    /// The place of a value's key (of a list item, the item itself); of a value that is not given, that of the group it belongs to.
    /// </summary>
    public SourcePosition Find(string path)
    {
        while (true)
        {
            if (_positions.TryGetValue(path, out var position)) return position;
            path = path[..Math.Max(0, path.AsSpan().LastIndexOfAny('.', '['))];
        }
    }

    internal void Add(string path, SourcePosition position) => _positions.TryAdd(path, position);
}
