using System.Text.Json;

namespace Lhts.Telemetry;

/// <summary>Reads what <see cref="MetricsFile"/> wrote, as far as resuming needs it.</summary>
internal static class MetricsFileReader
{
    private const int ChunkSize = 1 << 16;

    /// <summary>
    /// The length in bytes of the part that ends before the first line of a later step of the last of the stages or of another stage, or before the
    /// first line that is torn or is no figure line at all.
    /// </summary>
    public static long LengthUpTo(Stream file, IReadOnlyList<string> stages, long lastStep)
    {
        var kept = 0L;
        foreach (var line in Lines(file))
        {
            if (!TryReadPosition(line.Span, out var stage, out var step) || !stages.Contains(stage)) break;
            if (stage == stages[^1] && step > lastStep) break;
            kept += line.Length + 1;
        }

        return kept;
    }

    /// <summary>The complete lines, without their ends.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Lines(Stream file)
    {
        file.Seek(0, SeekOrigin.Begin);
        var pending = new MemoryStream();
        var chunk = new byte[ChunkSize];
        for (var read = file.Read(chunk); read > 0; read = file.Read(chunk))
        {
            var start = 0;
            for (var end = NextEnd(chunk, start, read); end >= 0; end = NextEnd(chunk, start, read))
            {
                pending.Write(chunk, start, end - start);
                yield return pending.GetBuffer().AsMemory(0, (int)pending.Length);
                pending.SetLength(0);
                start = end + 1;
            }

            pending.Write(chunk, start, read - start);
        }
    }

    private static int NextEnd(byte[] chunk, int start, int length)
    {
        var offset = chunk.AsSpan(start, length - start).IndexOf((byte)'\n');
        return offset < 0 ? -1 : start + offset;
    }

    private static bool TryReadPosition(ReadOnlySpan<byte> line, out string stage, out long step)
    {
        (stage, step) = ("", 0);
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty(StepFiguresJson.Stage, out var stageText)
                && stageText.ValueKind == JsonValueKind.String
                && (stage = stageText.GetString()!).Length > 0
                && root.TryGetProperty(StepFiguresJson.Step, out var stepNumber)
                && stepNumber.ValueKind == JsonValueKind.Number
                && stepNumber.TryGetInt64(out step);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
