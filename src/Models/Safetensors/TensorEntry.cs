using static TorchSharp.torch;

namespace Lhts.Models.Safetensors;

/// <summary>One tensor of a safetensors file as its header describes it.</summary>
/// <param name="Name">The tensor's name, unique in the file.</param>
/// <param name="Dtype">The type of its elements.</param>
/// <param name="Shape">Its dimensions; empty for a scalar.</param>
/// <param name="Start">First byte, counted from the end of the header.</param>
/// <param name="Length">Number of bytes: elements times their size.</param>
public sealed record TensorEntry(string Name, ScalarType Dtype, IReadOnlyList<long> Shape, long Start, long Length)
{
    /// <summary>The byte after the last one, counted from the end of the header.</summary>
    public long End => Start + Length;

    /// <summary>The dimensions as messages show them, such as <c>[50257, 768]</c>.</summary>
    public string ShapeText => FormatShape(Shape);

    /// <summary>Dimensions as messages show them.</summary>
    public static string FormatShape(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
