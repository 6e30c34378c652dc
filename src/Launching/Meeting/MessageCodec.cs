using System.Text;
using System.Text.Json;

namespace Lhts.Launching.Meeting;

/// <summary>Messages as lines of JSON in UTF-8.</summary>
internal static class MessageCodec
{
    /// <summary>Bytes of the longest line that is read: the longest message, a failure with its last error lines, has some thousands.</summary>
    public const int MaxLineBytes = 65536;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 4,
    };

    /// <summary>A message with the end of its line.</summary>
    public static byte[] Write(Message message) => [.. JsonSerializer.SerializeToUtf8Bytes(message, Options), (byte)'\n'];

    /// <summary>Reads a line without its end.</summary>
    /// <returns>The message; null when the line is none.</returns>
    public static Message? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<Message>(line, Options);
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException or DecoderFallbackException)
        {
            return null;
        }
    }
}
