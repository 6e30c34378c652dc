using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lhts.Basics;

namespace Lhts.Data.Scores;

/// <summary>A Parquet file of scores.</summary>
/// <param name="Name">Its path relative to the folder of scores: that of the shard it belongs to.</param>
/// <param name="NumRows">Rows, as many as the shard has.</param>
/// <param name="NumBytes">Size of the file.</param>
/// <param name="FooterSha256">Hash of the file's footer.</param>
public sealed record ScoreShard(string Name, long NumRows, long NumBytes, string FooterSha256);

/// <summary>The file scores.json, which is written last: what the scores were made from, and the files that hold them.</summary>
/// <param name="Source">What they were made from.</param>
/// <param name="Shards">The files, in the order of the data set's shards.</param>
public sealed record ScoreManifest(ScoreSource Source, ImmutableArray<ScoreShard> Shards)
{
    /// <summary>Its name.</summary>
    public const string FileName = "scores.json";

    private static readonly JsonSerializerOptions Format =
        new() { WriteIndented = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    /// <summary>SHA-256 over all of it, in hexadecimal.</summary>
    [JsonIgnore]
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Bytes));

    private byte[] Bytes => JsonSerializer.SerializeToUtf8Bytes(this, Format);

    /// <summary>Writes the file in one step.</summary>
    public void Save(string folder) => AtomicFile.WriteAllBytes(Path.Combine(folder, FileName), Bytes);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="FileNotFoundException">The folder has no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static ScoreManifest Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There are no teacher's scores in '{folder}': it has no {FileName}. Make them with 'lhts data score'.");
        }

        try
        {
            return JsonSerializer.Deserialize<ScoreManifest>(File.ReadAllBytes(path), Format) is { Shards.IsDefault: false } manifest
                && manifest.Shards.All(shard => shard is not null)
                ? manifest
                : throw new InvalidDataException($"'{path}' is no manifest of scores. Delete the folder, and make the scores anew with 'lhts data score'.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"'{path}' is no manifest of scores: {error.Message} Delete the folder, and make the scores anew with 'lhts data score'.");
        }
    }
}
