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

    /// <summary>The manifest of the files below a folder.</summary>
    public static CheckpointManifest Of(string folder) => new(
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path))
            .Where(path => path != FileName)
            .Order(StringComparer.Ordinal)
            .Select(path => Describe(folder, path)),
    ]);

    /// <summary>Writes the manifest into the folder.</summary>
    public void Write(string folder) =>
        AtomicFile.Write(Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, this, Json));

    /// <summary>What is wrong with a folder that should be a checkpoint; null when it is complete.</summary>
    public static string? FaultOf(string folder)
    {
        try
        {
            using var stream = File.OpenRead(Path.Combine(folder, FileName));
            var manifest = JsonSerializer.Deserialize<CheckpointManifest>(stream, Json);
            if (manifest?.Files is null or { Count: 0 }) return $"{FileName} lists no files";
            foreach (var file in manifest.Files)
            {
                if (!File.Exists(Path.Combine(folder, file.Path))) return $"{file.Path} is missing";
                if (Describe(folder, file.Path) != file) return $"{file.Path} is not what {FileName} says";
            }

            return null;
        }
        catch (Exception failure) when (failure is IOException or JsonException or UnauthorizedAccessException)
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
