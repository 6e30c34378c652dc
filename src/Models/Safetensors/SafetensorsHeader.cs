using System.Buffers.Binary;
using System.Text.Json;

namespace Lhts.Models.Safetensors;

/// <summary>
/// The header of a safetensors file: eight bytes with its length (little-endian), then JSON. Everything a malformed or hostile file could
/// claim is checked here, before a byte of any tensor is touched or allocated.
/// </summary>
/// <param name="Entries">The tensors in the order of their bytes.</param>
/// <param name="Metadata">The strings under <c>__metadata__</c>; empty when there are none.</param>
/// <param name="DataStart">Where the tensors' bytes begin in the file.</param>
public sealed record SafetensorsHeader(
    IReadOnlyList<TensorEntry> Entries, IReadOnlyDictionary<string, string> Metadata, long DataStart)
{
    /// <summary>Bytes of the length field.</summary>
    public const int LengthSize = 8;

    /// <summary>Largest header that is read, in bytes; the bound of the format's reference implementation.</summary>
    public const long MaxLength = 100_000_000;

    /// <summary>Reads and checks the header of a file of <paramref name="fileLength"/> bytes.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="fileLength">Length of the whole file in bytes.</param>
    /// <param name="read">Fills a span from an offset of the file.</param>
    /// <exception cref="InvalidDataException">The header is not a valid one; the message names file, tensor, value and bound.</exception>
    public static SafetensorsHeader Read(string file, long fileLength, ReadAt read)
    {
        if (fileLength < LengthSize)
        {
            throw new InvalidDataException(
                $"'{file}': {fileLength} bytes are too few for a safetensors file, which begins with an 8-byte header length.");
        }

        Span<byte> lengthBytes = stackalloc byte[LengthSize];
        read(0, lengthBytes);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        var bound = Math.Min(MaxLength, fileLength - LengthSize);
        if (headerLength > (ulong)bound)
        {
            throw new InvalidDataException(
                $"'{file}': header length {headerLength} exceeds {bound} (the file has {fileLength} bytes, a header at most {MaxLength}). "
                + "The file is truncated or not a safetensors file.");
        }

        var json = new byte[headerLength];
        read(LengthSize, json);
        return Parse(file, json, fileLength - LengthSize - json.Length);
    }

    /// <summary>Parses the JSON of a header whose file holds <paramref name="dataLength"/> bytes after it.</summary>
    /// <exception cref="InvalidDataException">The header is not a valid one; the message names file, tensor, value and bound.</exception>
    public static SafetensorsHeader Parse(string file, ReadOnlySpan<byte> json, long dataLength)
    {
        var (entries, metadata) = new HeaderJson(file).Parse(json);
        entries.Sort(static (left, right) =>
        {
            var byStart = left.Start.CompareTo(right.Start);
            return byStart != 0 ? byStart : left.End.CompareTo(right.End);
        });
        CheckLayout(file, entries, dataLength);
        return new SafetensorsHeader(entries, metadata, LengthSize + json.Length);
    }

    /// <summary>Fills <paramref name="destination"/> with the file's bytes from <paramref name="offset"/> on.</summary>
    public delegate void ReadAt(long offset, Span<byte> destination);

    /// <summary>The tensors must tile the data exactly: no overlap, no gap, no byte left over.</summary>
    private static void CheckLayout(string file, List<TensorEntry> entries, long dataLength)
    {
        long expected = 0;
        TensorEntry? previous = null;
        foreach (var entry in entries)
        {
            if (entry.End > dataLength)
            {
                throw new InvalidDataException(
                    $"'{file}': tensor '{entry.Name}' ends at byte {entry.End}, but the file holds {dataLength} bytes of data; it is truncated or damaged.");
            }

            if (entry.Start != expected)
            {
                var fault = entry.Start < expected ? "overlaps" : "leaves a gap after";
                throw new InvalidDataException(
                    $"'{file}': tensor '{entry.Name}' begins at byte {entry.Start} and {fault} "
                    + (previous is null ? "the header, where data begins at byte 0." : $"tensor '{previous.Name}', which ends at byte {expected}."));
            }

            expected = entry.End;
            previous = entry;
        }

        if (expected != dataLength)
        {
            throw new InvalidDataException(
                $"'{file}': the tensors end at byte {expected}, but the file holds {dataLength} bytes of data that no tensor accounts for.");
        }
    }
}
