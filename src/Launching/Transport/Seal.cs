using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Lhts.Launching.Transport;

/// <summary>
/// Vouches for the lines of one direction of a connection: before each stands a code (HMAC-SHA256 of key, direction, number of the line and the line) that only
/// who knows the key can make, so that no line can be altered, repeated, left out or sent back. Without a key lines pass as they are.
/// </summary>
/// <param name="key">The connection's key; null for none.</param>
/// <param name="direction">Tells the two directions apart.</param>
internal sealed class Seal(byte[]? key, byte direction)
{
    /// <summary>Bytes before each line: the code in hexadecimal digits and a space.</summary>
    public const int CodeBytes = (2 * HMACSHA256.HashSizeInBytes) + 1;

    private long numLines;

    /// <summary>A line, which ends with its line feed, with its code before it.</summary>
    public byte[] Close(byte[] line)
    {
        if (key is null) return line;
        var code = Convert.ToHexStringLower(CodeOf(line.AsSpan(0, line.Length - 1)));
        return [.. Encoding.ASCII.GetBytes(code), (byte)' ', .. line];
    }

    /// <summary>Takes the code off a line, without its line feed, and compares it.</summary>
    /// <returns>Whether it was right.</returns>
    public bool TryOpen(ReadOnlySpan<byte> sealedLine, out ReadOnlySpan<byte> line)
    {
        line = sealedLine;
        if (key is null) return true;
        if (sealedLine.Length < CodeBytes || sealedLine[CodeBytes - 1] != ' ') return false;
        line = sealedLine[CodeBytes..];
        var expected = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(CodeOf(line)));
        return CryptographicOperations.FixedTimeEquals(expected, sealedLine[..(CodeBytes - 1)]);
    }

    private byte[] CodeOf(ReadOnlySpan<byte> line)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, numLines++);
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key!);
        hash.AppendData([direction]);
        hash.AppendData(number);
        hash.AppendData(line);
        return hash.GetHashAndReset();
    }
}

/// <summary>The seals of a connection's two directions.</summary>
/// <param name="Outgoing">For lines that are sent.</param>
/// <param name="Incoming">For lines that are received.</param>
internal sealed record Seals(Seal Outgoing, Seal Incoming);
