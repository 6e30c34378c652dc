using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Lhts.Basics;
using static TorchSharp.torch;

namespace Lhts.Models.Safetensors;

/// <summary>
/// Writes safetensors files with deterministic bytes: tensors by falling element size, then by name, which keeps every tensor aligned;
/// metadata by key; the header padded with spaces to eight bytes.
/// </summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    /// <summary>Writes tensors to a file, which appears complete or not at all.</summary>
    /// <param name="path">The file to make or replace; its folder must exist.</param>
    /// <param name="tensors">Names and tensors (any device, any strides); names must differ.</param>
    /// <param name="metadata">Free strings for the header; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">Two equal names, the reserved name <c>__metadata__</c>, or a type that the format lacks.</exception>
    /// <exception cref="IOException">The file cannot be written; an older one of the same name is kept.</exception>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors
            .OrderByDescending(pair => SafetensorsDtype.SizeOf(pair.Value.dtype))
            .ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .ToArray();
        CheckNames(ordered);
        var header = HeaderBytes(ordered, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[SafetensorsHeader.LengthSize];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var (_, tensor) in ordered) TensorBytes.Write(tensor, stream);
        });
    }

    private static void CheckNames(KeyValuePair<string, Tensor>[] ordered)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, _) in ordered)
        {
            if (name == HeaderJson.MetadataKey)
            {
                throw new ArgumentException($"A tensor cannot be called '{name}', which the format reserves.", nameof(ordered));
            }
            if (!names.Add(name)) throw new ArgumentException($"Two tensors are called '{name}'.", nameof(ordered));
        }
    }

    private static byte[] HeaderBytes(KeyValuePair<string, Tensor>[] ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            long start = 0;
            foreach (var (name, tensor) in ordered) start = WriteTensor(json, name, tensor, start);
            json.WriteEndObject();
        }

        while (buffer.Length % Alignment != 0) buffer.WriteByte((byte)' ');
        if (buffer.Length > SafetensorsHeader.MaxLength)
        {
            throw new ArgumentException(
                $"The header would have {buffer.Length} bytes; at most {SafetensorsHeader.MaxLength} can be read back.", nameof(ordered));
        }

        return buffer.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null || metadata.Count == 0) return;

        json.WriteStartObject(HeaderJson.MetadataKey);
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static long WriteTensor(Utf8JsonWriter json, string name, Tensor tensor, long start)
    {
        var end = start + tensor.numel() * SafetensorsDtype.SizeOf(tensor.dtype);
        json.WriteStartObject(name);
        json.WriteString("dtype", SafetensorsDtype.NameOf(tensor.dtype));
        json.WriteStartArray("shape");
        foreach (var dimension in tensor.shape) json.WriteNumberValue(dimension);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(start);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }
}
