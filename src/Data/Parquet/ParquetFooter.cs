using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Lhts.Data.Parquet;

/// <summary>The ends of a Parquet file: "PAR1" … footer, its length in 4 bytes, "PAR1".</summary>
internal static class ParquetFooter
{
    private const int TailLength = 8;
    private static ReadOnlySpan<byte> Magic => "PAR1"u8;
    private static ReadOnlySpan<byte> EncryptedMagic => "PARE"u8;

    /// <summary>Size of the file and hash of its footer.</summary>
    /// <exception cref="InvalidDataException">Not a whole Parquet file.</exception>
    public static (long NumBytes, string Sha256) Read(string path)
    {
        using var stream = File.OpenRead(path);
        var size = stream.Length;
        if (size < Magic.Length + TailLength) throw Broken(path, size == 0 ? "is empty" : $"is cut off: it has {size} bytes");
        Span<byte> head = stackalloc byte[4];
        ReadAt(stream, 0, head);
        if (head.SequenceEqual(EncryptedMagic)) throw Broken(path, "is encrypted");
        if (!head.SequenceEqual(Magic)) throw Broken(path, "does not start with PAR1: it is not a Parquet file");
        Span<byte> tail = stackalloc byte[TailLength];
        ReadAt(stream, size - TailLength, tail);
        if (tail[4..].SequenceEqual(EncryptedMagic)) throw Broken(path, "is encrypted");
        if (!tail[4..].SequenceEqual(Magic)) throw Broken(path, $"is cut off: its {size} bytes do not end with PAR1");
        long length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (length == 0 || length > size - TailLength - Magic.Length)
        {
            throw Broken(path, $"is damaged: its footer claims {length} bytes and the file has {size}");
        }

        return (size, Hash(stream, size - TailLength - length, (int)length));
    }

    private static string Hash(FileStream stream, long start, int length)
    {
        var footer = new byte[length];
        ReadAt(stream, start, footer);
        return Convert.ToHexStringLower(SHA256.HashData(footer));
    }

    private static void ReadAt(FileStream stream, long start, Span<byte> bytes)
    {
        stream.Position = start;
        stream.ReadExactly(bytes);
    }

    private static InvalidDataException Broken(string path, string what) =>
        new($"The Parquet file '{path}' {what}. Write or copy it again, or take it out of the data set.");
}
