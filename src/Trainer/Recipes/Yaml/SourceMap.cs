namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>Where in its file each value of a recipe comes from, by path (<c>student.temperatures[2]</c>).</summary>
public sealed class SourceMap
{
    private readonly Dictionary<string, SourcePosition> _positions = new(StringComparer.Ordinal) { [""] = SourcePosition.Start };

    private readonly HashSet<string> _faults = new(StringComparer.Ordinal);

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

    /// <summary>Whether the value at a path, a part of it or a group around it could not be read, so that there is nothing to say about it.</summary>
    public bool IsFaulty(string path) => _faults.Any(fault => IsWithin(fault, path) || IsWithin(path, fault));

    internal void Fault(string path) => _faults.Add(path);

    /// <summary>Whether a path is another one or lies below it.</summary>
    private static bool IsWithin(string path, string group) =>
        group.Length == 0 || (path.StartsWith(group, StringComparison.Ordinal) && (path.Length == group.Length || path[group.Length] is '.' or '['));

    internal void Add(string path, SourcePosition position) => _positions.TryAdd(path, position);
}
