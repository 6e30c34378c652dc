using System.Text.Json;

namespace Lhts.Trainer.Ownership;

/// <summary>What the owner of a run folder says of itself, in the file of its epoch.</summary>
/// <param name="Owner">The process.</param>
/// <param name="Taken">When it took the folder, by its own clock: for messages only.</param>
/// <param name="Seconds">How long the owner may be silent before it is regarded as gone.</param>
/// <param name="Renewals">Signs of life so far: what another process sees change.</param>
/// <param name="Uptime">Seconds since the boot at the last of them: what processes of one kernel compare.</param>
/// <param name="IsReleased">Whether the owner is done with the folder.</param>
public sealed record Lease(ProcessIdentity Owner, DateTimeOffset Taken, double Seconds, long Renewals, double Uptime, bool IsReleased)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>The file's content.</summary>
    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, Json), (byte)'\n'];

    /// <summary>Reads a content; null for one that is torn or not there yet.</summary>
    public static Lease? Parse(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<Lease>(bytes, Json) is { Owner: not null } lease ? lease : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
