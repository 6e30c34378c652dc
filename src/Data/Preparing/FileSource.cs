using System.Collections.Immutable;
using System.IO.Compression;
using System.IO.Enumeration;

namespace Lhts.Data.Preparing;

/// <summary>Documents of a file or of the files below a folder.</summary>
internal sealed class FileSource : IDocumentSource
{
    private static readonly string[] JsonExtensions = [".jsonl", ".ndjson"];
    // Lines up to this are read as a whole.
    private const int JsonPieceBytes = 1 << 20;

    private static readonly string[] Extensions = [".txt", .. JsonExtensions];

    private readonly PrepareOptions _options;
    private readonly List<string> _files;
    private long _finishedBytes;
    private FileStream? _current;

    /// <exception cref="FileNotFoundException">Nothing is at the path, or the folder has no file of a known kind.</exception>
    public FileSource(string path, PrepareOptions options)
    {
        _options = options;
        _files = File.Exists(path) ? [path] : FilesBelow(path);
        if (_files.Count == 0) throw NothingIn(path);
        NumBytes = _files.Sum(file => new FileInfo(file).Length);
    }

    public long? NumBytes { get; }

    /// <summary>How many files were taken.</summary>
    public int NumFiles => _files.Count;

    /// <summary>How many files of a folder were not taken, by their ending.</summary>
    public ImmutableArray<KeyValuePair<string, int>> Ignored { get; private set; } = [];

    public long NumBytesRead => _finishedBytes + (_current?.Position ?? 0);

    public IEnumerable<SourceDocument> Read(CancellationToken cancellation)
    {
        foreach (var file in _files)
        {
            using var stream = _current = File.OpenRead(file);
            using var content = IsCompressed(file) ? new GZipStream(stream, CompressionMode.Decompress) : (Stream)stream;
            foreach (var document in Documents(file, content))
            {
                cancellation.ThrowIfCancellationRequested();
                yield return document;
            }

            _finishedBytes += stream.Length;
            _current = null;
        }
    }

    private IEnumerable<SourceDocument> Documents(string file, Stream content)
    {
        if (JsonExtensions.Contains(Extension(file))) return OfJson(content, file);
        if (_options.PromptField is { } field)
        {
            throw new InvalidDataException(
                $"'{file}' is plain text and has no prompts. Give JSON Lines with a member \"{field}\", or leave the prompt field out.");
        }

        var lines = new LineReader(content, file, int.MaxValue, _options.MaxRowBytes);
        return new TextDocuments(lines, _options.MaxRowBytes).Read(_options.Layout).Select(text => new SourceDocument(text));
    }

    /// <summary>What answers a prompt stays whole.</summary>
    private IEnumerable<SourceDocument> OfJson(Stream content, string file) => _options.PromptField is { } prompt
        ? JsonLines.Read(new LineReader(content, file, _options.MaxDocumentBytes), file, _options.TextField, prompt)
        : JsonLines.ReadRows(
            new LineReader(content, file, int.MaxValue, Math.Max(JsonPieceBytes, _options.MaxRowBytes)), file, _options.TextField, _options.MaxRowBytes)
            .Select(text => new SourceDocument(text));

    private List<string> FilesBelow(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new FileNotFoundException(
                $"There is no file or folder '{folder}'. Give the path of a text or JSON Lines file, or a folder of them.");
        }

        var all = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(folder, file).Split('/').Any(part => part.StartsWith('.')))
            .Order(StringComparer.Ordinal);
        var taken = all.ToLookup(IsTaken);
        Ignored =
        [
            .. taken[false].CountBy(file => Path.GetExtension(file).ToLowerInvariant())
                .OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal),
        ];
        return [.. taken[true]];
    }

    private bool IsTaken(string file) => Extensions.Contains(Extension(file))
        || _options.Include.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(file)));

    private FileNotFoundException NothingIn(string folder)
    {
        var others = Ignored.Length == 0 ? "" : $" It has {Ignored.Sum(kind => kind.Value)} others; --include '*.md' takes those of a name.";
        return new($"The folder '{folder}' has no file that ends with {string.Join(", ", Extensions)} (or these with .gz).{others}");
    }

    private static bool IsCompressed(string file) => file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private static string Extension(string file) => Path.GetExtension(IsCompressed(file) ? file[..^3] : file).ToLowerInvariant();
}
