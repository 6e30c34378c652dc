using System.IO.Compression;

namespace Lhts.Data.Preparing;

/// <summary>Documents of a file or of the files below a folder.</summary>
internal sealed class FileSource : IDocumentSource
{
    private static readonly string[] JsonExtensions = [".jsonl", ".ndjson"];
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
        NumBytes = _files.Sum(file => new FileInfo(file).Length);
    }

    public long? NumBytes { get; }

    public long NumBytesRead => _finishedBytes + (_current?.Position ?? 0);

    public IEnumerable<ReadOnlyMemory<byte>> Read(CancellationToken cancellation)
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

    private IEnumerable<ReadOnlyMemory<byte>> Documents(string file, Stream content)
    {
        var lines = new LineReader(content, file, _options.MaxDocumentBytes);
        return JsonExtensions.Contains(Extension(file))
            ? JsonLines.Read(lines, file, _options.TextField)
            : TextDocuments.Read(lines, file, _options.Layout, _options.MaxDocumentBytes);
    }

    private static List<string> FilesBelow(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new FileNotFoundException(
                $"There is no file or folder '{folder}'. Give the path of a text or JSON Lines file, or a folder of them.");
        }

        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Extensions.Contains(Extension(file)) && !Path.GetRelativePath(folder, file).Split('/').Any(part => part.StartsWith('.')))
            .Order(StringComparer.Ordinal)
            .ToList();
        return files.Count > 0 ? files : throw new FileNotFoundException($"The folder '{folder}' has no file that ends with {string.Join(", ", Extensions)} (or these with .gz).");
    }

    private static bool IsCompressed(string file) => file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private static string Extension(string file) => Path.GetExtension(IsCompressed(file) ? file[..^3] : file).ToLowerInvariant();
}
