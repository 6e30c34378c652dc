using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Lhts.Data.Parquet;

/// <summary>What a data set consists of: read once, saved with a run and compared when it resumes.</summary>
/// <param name="TextColumn">The column that holds the documents.</param>
/// <param name="Shards">The files in the order of their names.</param>
/// <param name="PromptColumn">The column that holds their prompts. Default null: there are none.</param>
public sealed record DataManifest(string TextColumn, ImmutableArray<Shard> Shards, string? PromptColumn = null)
{
    /// <summary>Documents in all files, null and empty ones included.</summary>
    [JsonIgnore]
    public long NumDocuments { get; } = Shards.Sum(shard => shard.NumRows);

    /// <summary>SHA-256 over the columns and each file's name, size, row groups and footer hash, in hexadecimal.</summary>
    [JsonIgnore]
    public string Fingerprint { get; } = Hash(TextColumn, PromptColumn, Shards);

    private static string Hash(string column, string? promptColumn, ImmutableArray<Shard> shards)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
        Add(column);
        if (promptColumn is not null) Add($"prompt\n{promptColumn}");
        foreach (var shard in shards)
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"{shard.Name}\n{shard.NumBytes}\n{shard.FooterSha256}"));
            foreach (var group in shard.RowGroups) Add(string.Create(CultureInfo.InvariantCulture, $"{group.NumRows} {group.TextBytes}"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
