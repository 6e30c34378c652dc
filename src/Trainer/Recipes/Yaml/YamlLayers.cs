using System.Text;

namespace Lhts.Trainer.Recipes.Yaml;

/// <summary>Reads a file, the file that its key <c>base</c> names below it, and what the command line lays over both.</summary>
internal sealed class YamlLayers(ErrorList errors)
{
    /// <summary>The key with the path of the file below, relative to the file that names it.</summary>
    public const string BaseKey = "base";

    private readonly List<string> _bases = [];

    /// <summary>The files below, as messages name them: the nearest first.</summary>
    public IReadOnlyList<string> Bases => _bases;

    /// <summary>The text of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">The text, or an empty one.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? TryReadText(string path, out string text)
    {
        text = "";
        try
        {
            text = File.ReadAllText(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            return null;
        }
        catch (DecoderFallbackException)
        {
            return "the file is not UTF-8 text; save it as UTF-8.";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return $"the file cannot be read: {failure.Message}";
        }
    }

    /// <summary>The merged document, or null when there is none.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="overrides">What is laid over it, in this order.</param>
    public YamlNode? Read(string text, IReadOnlyList<YamlOverride> overrides)
    {
        var root = ReadWithBase(text, errors.File, SourcePosition.Start, [Path.GetFullPath(errors.File)]);
        if (root is null) return null;
        return overrides.Select(value => value.ToNode(errors)).OfType<YamlNode>().Aggregate(root, (merged, node) => YamlMerge.Over(node, merged));
    }

    private YamlNode? ReadWithBase(string text, string file, SourcePosition start, IReadOnlyList<string> chain)
    {
        var root = YamlReader.Read(text, errors, start);
        if (root is not YamlMapping mapping) return root;
        var own = new YamlMapping(root.Position, [.. mapping.Entries.Where(entry => entry.Key.Text != BaseKey)]);
        var given = mapping.Entries.Where(entry => entry.Key.Text == BaseKey).ToArray();
        if (given.Length == 0) return mapping;
        if (given is not [{ Value: YamlScalar { IsNull: false } name }])
        {
            errors.Add(given[^1].Key.Position, $"{BaseKey} must be the path of one file; write it as 'base: other.yaml'.");
            return own;
        }

        return ReadBase(name, file, chain) is { } below ? YamlMerge.Over(own, below) : own;
    }

    private YamlNode? ReadBase(YamlScalar name, string file, IReadOnlyList<string> chain)
    {
        var path = Path.Combine(Path.GetDirectoryName(file) ?? "", name.Text);
        var full = Path.GetFullPath(path);
        if (chain.Contains(full))
        {
            errors.Add(name.Position, $"{BaseKey} is {name.Describe()}, which stands on this file itself; remove one of the two.");
            return null;
        }

        if (TryReadText(path, out var text) is { } fault)
        {
            errors.Add(name.Position, $"{BaseKey} is {name.Describe()}: {fault}");
            return null;
        }

        _bases.Add(path);
        return ReadWithBase(text, path, SourcePosition.Start with { Origin = path }, [.. chain, full]);
    }
}
