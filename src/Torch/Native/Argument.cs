using System.Runtime.CompilerServices;

namespace TorchSharp.Native;

/// <summary>
/// One argument of an operator call. It keeps a reference to the managed object it was made from, so that a tensor
/// cannot be finalised while native code works on it.
/// </summary>
internal readonly struct Argument
{
    internal readonly object? Reference;
    internal readonly long Bits;
    internal readonly ValueKind Kind;

    private Argument(ValueKind kind, long bits, object? reference = null) => (Kind, Bits, Reference) = (kind, bits, reference);

    /// <summary>An absent optional argument.</summary>
    internal static Argument None => default;

    public static implicit operator Argument(torch.Tensor? value) =>
        value is null ? default : new(ValueKind.Tensor, 0, value);

    public static implicit operator Argument(long value) => new(ValueKind.Int, value);

    public static implicit operator Argument(int value) => new(ValueKind.Int, value);

    public static implicit operator Argument(long? value) => value is null ? default : new(ValueKind.Int, value.Value);

    public static implicit operator Argument(double value) => new(ValueKind.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Argument(double? value) => value is null ? default : value.Value;

    public static implicit operator Argument(bool value) => new(ValueKind.Bool, value ? 1 : 0);

    public static implicit operator Argument(Scalar value) => new(value.Kind, value.Bits);

    public static implicit operator Argument(Scalar? value) => value is null ? default : value.Value;

    public static implicit operator Argument(torch.ScalarType value) => new(ValueKind.Int, (long)value);

    public static implicit operator Argument(torch.ScalarType? value) => value is null ? default : new(ValueKind.Int, (long)value.Value);

    public static implicit operator Argument(torch.Device? value) =>
        value is null ? default : new(ValueKind.Device, ((long)value.type << 32) | (uint)value.index);

    public static implicit operator Argument(torch.Generator? value) =>
        value is null ? default : new(ValueKind.Generator, (long)value.Handle, value);

    public static implicit operator Argument(string? value) => value is null ? default : new(ValueKind.String, 0, value);

    public static implicit operator Argument(long[]? value) => value is null ? default : new(ValueKind.IntList, 0, value);

    public static implicit operator Argument(double[]? value) => value is null ? default : new(ValueKind.DoubleList, 0, value);

    public static implicit operator Argument(torch.Tensor?[]? value) => value is null ? default : new(ValueKind.TensorList, 0, value);

    /// <summary>8-byte words of scratch that a list or string takes.</summary>
    internal int ScratchWords => Kind switch
    {
        ValueKind.IntList or ValueKind.TensorList or ValueKind.DoubleList => Unsafe.As<Array>(Reference)!.Length,
        ValueKind.String => (Unsafe.As<string>(Reference)!.Length * 3 / 8) + 1,
        _ => 0,
    };
}
