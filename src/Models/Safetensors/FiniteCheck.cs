using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Safetensors;

/// <summary>Finds NaN and infinite numbers in bytes that were just read: those whose bits of the exponent are all ones (IEEE 754, bfloat16 likewise).</summary>
internal static class FiniteCheck
{
    /// <summary>Refuses a piece of a tensor that holds such a number; integers never do.</summary>
    /// <param name="bytes">The piece.</param>
    /// <param name="start">The number of its first element in the tensor.</param>
    /// <param name="entry">The tensor.</param>
    /// <param name="file">For the message.</param>
    /// <exception cref="InvalidDataException">It does.</exception>
    public static void Check(ReadOnlySpan<byte> bytes, long start, TensorEntry entry, string file)
    {
        var index = entry.Dtype switch
        {
            ScalarType.Float16 => Find<ushort>(bytes, 0x7C00),
            ScalarType.BFloat16 => Find<ushort>(bytes, 0x7F80),
            ScalarType.Float32 => Find(bytes, 0x7F80_0000u),
            ScalarType.Float64 => Find(bytes, 0x7FF0_0000_0000_0000ul),
            _ => -1,
        };
        if (index < 0) return;
        throw new InvalidDataException(
            $"'{file}': tensor '{entry.Name}' holds a number that is NaN or infinite, element {start + index} of {entry.ShapeText}; "
            + "the model is damaged, or its training had failed.");
    }

    private static int Find<T>(ReadOnlySpan<byte> bytes, T exponent)
        where T : unmanaged, IBinaryInteger<T>
    {
        var numbers = MemoryMarshal.Cast<byte, T>(bytes);
        var mask = new Vector<T>(exponent);
        var i = 0;
        for (; i <= numbers.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            if (Vector.EqualsAny(new Vector<T>(numbers[i..]) & mask, mask)) break;
        }

        for (; i < numbers.Length; i++)
        {
            if ((numbers[i] & exponent) == exponent) return i;
        }

        return -1;
    }
}
