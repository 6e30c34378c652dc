using System.Security.Cryptography;
using System.Text.Json;
using Lhts.Basics;

namespace Lhts.Trainer.Checkpoints;

/// <summary>What a complete checkpoint consists of: written last, so that a folder with a manifest that fits is complete.</summary>
/// <param name="Files">Each file's path in the folder, its size in bytes and its SHA-256.</param>
public sealed record CheckpointManifest(IReadOnlyList<CheckpointFile> Files)
{
    /// <summary>The manifest's own file.</summary>
    public const string FileName = "manifest.json";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>Bytes of all files.</summary>
    public long TotalBytes => Files.Sum(file => file.Bytes);

    /// <summary>The files below a folder.</summary>
    public static IReadOnlyList<CheckpointFile> FilesOf(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path))
            .Order(StringComparer.Ordinal)
            .Select(path => Describe(folder, path)),
    ];

    /// <summary>Files as a rank tells them to another.</summary>
    public static string ToText(IReadOnlyList<CheckpointFile> files) => JsonSerializer.Serialize(files, Json);

    /// <summary>The manifest over the files that the ranks have told.</summary>
    public static CheckpointManifest FromTexts(IEnumerable<string> texts) => new(
        [.. texts.SelectMany(text => JsonSerializer.Deserialize<CheckpointFile[]>(text, Json)!).OrderBy(file => file.Path, StringComparer.Ordinal)]);

    /// <summary>Writes the manifest into the folder.</summary>
    public void Write(string folder) =>
        AtomicFile.Write(Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, this, Json));

    /// <summary>What is wrong with a folder that should be a checkpoint; null when it is complete.</summary>
    /// <exception cref="IOException">A file cannot be read, again and again: nobody knows whether it is damaged.</exception>
    public static string? FaultOf(string folder)
    {
        if (Read(folder, out var manifest) is { } fault) return fault;
        foreach (var file in manifest.Files)
        {
            if (!File.Exists(Path.Combine(folder, file.Path))) return $"{file.Path} is missing";
            if (PatientReads.Retry(() => Describe(folder, file.Path)) != file) return $"{file.Path} is not what {FileName} says";
        }

        return null;
    }

    /// <summary>Whether a folder looks like a complete checkpoint: its files are there in their sizes. Reads none of them.</summary>
    public static bool LooksComplete(string folder) =>
        Read(folder, out var manifest) is null
        && manifest.Files.All(file => new FileInfo(Path.Combine(folder, file.Path)) is { Exists: true } found && found.Length == file.Bytes);

    private static string? Read(string folder, out CheckpointManifest manifest)
    {
        manifest = new CheckpointManifest([]);
        try
        {
            var bytes = PatientReads.Retry(() => File.ReadAllBytes(Path.Combine(folder, FileName)));
            manifest = JsonSerializer.Deserialize<CheckpointManifest>(bytes, Json) ?? manifest;
            return manifest.Files is null or { Count: 0 } ? $"{FileName} lists no files" : null;
        }
        catch (Exception failure) when (failure is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            return failure.Message;
        }
    }

    private static CheckpointFile Describe(string folder, string path)
    {
        using var stream = File.OpenRead(Path.Combine(folder, path));
        return new CheckpointFile(path, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}

/// <summary>A file of a checkpoint.</summary>
/// <param name="Path">Its path in the folder.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256 in hexadecimal.</param>
public sealed record CheckpointFile(string Path, long Bytes, string Sha256);
