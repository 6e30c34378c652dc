using System.Buffers.Binary;
using System.Text;

namespace Lhts.Telemetry.Tests;

/// <summary>A field of a protobuf message: its number, and its value as a number or as bytes.</summary>
public readonly record struct ProtobufField(int Number, ulong Scalar, ReadOnlyMemory<byte> Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    public double Double => BitConverter.UInt64BitsToDouble(Scalar);

    public IEnumerable<ProtobufField> Fields => ProtobufReader.Read(Bytes);
}

/// <summary>Splits protobuf messages into fields, without a schema.</summary>
public static class ProtobufReader
{
    private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    public static IEnumerable<ProtobufField> Read(ReadOnlyMemory<byte> message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var key = ReadVarint(message.Span, ref at);
            var number = (int)(key >> 3);
            switch ((int)(key & 7))
            {
                case Varint:
                    yield return new(number, ReadVarint(message.Span, ref at), default);
                    break;
                case Fixed64:
                    yield return new(number, BinaryPrimitives.ReadUInt64LittleEndian(message.Span[at..]), default);
                    at += 8;
                    break;
                case Fixed32:
                    yield return new(number, BinaryPrimitives.ReadUInt32LittleEndian(message.Span[at..]), default);
                    at += 4;
                    break;
                case Delimited:
                    var length = (int)ReadVarint(message.Span, ref at);
                    yield return new(number, 0, message.Slice(at, length));
                    at += length;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {key & 7} at byte {at}.");
            }
        }
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }
}
