using static TorchSharp.torch;

namespace Lhts.Models.Safetensors;

/// <summary>The data types of the safetensors format that libtorch can hold, and their names in the header.</summary>
public static class SafetensorsDtype
{
    private static readonly (string Name, ScalarType Dtype, int Size)[] Known =
    [
        ("F64", ScalarType.Float64, 8),
        ("I64", ScalarType.Int64, 8),
        ("F32", ScalarType.Float32, 4),
        ("I32", ScalarType.Int32, 4),
        ("F16", ScalarType.Float16, 2),
        ("BF16", ScalarType.BFloat16, 2),
        ("I16", ScalarType.Int16, 2),
        ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1),
        ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>The names that are read and written, for messages.</summary>
    public static string Names { get; } = string.Join(", ", Known.Select(known => known.Name));

    /// <summary>The type that a header's name stands for; false when the name is not one of <see cref="Names"/>.</summary>
    public static bool TryParse(string name, out ScalarType dtype)
    {
        foreach (var known in Known)
        {
            if (known.Name != name) continue;
            dtype = known.Dtype;
            return true;
        }

        dtype = default;
        return false;
    }

    /// <summary>The header's name of a type.</summary>
    /// <exception cref="ArgumentException">The format has no such type (complex and quantized ones).</exception>
    public static string NameOf(ScalarType dtype) => Find(dtype).Name;

    /// <summary>Bytes of one element.</summary>
    /// <exception cref="ArgumentException">The format has no such type (complex and quantized ones).</exception>
    public static int SizeOf(ScalarType dtype) => Find(dtype).Size;

    private static (string Name, ScalarType Dtype, int Size) Find(ScalarType dtype)
    {
        foreach (var known in Known)
        {
            if (known.Dtype == dtype) return known;
        }

        throw new ArgumentException(
            $"A tensor of type {dtype} cannot be stored in a safetensors file; types that can: {Names}.", nameof(dtype));
    }
}
