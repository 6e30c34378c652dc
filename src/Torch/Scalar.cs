using TorchSharp.Native;

namespace TorchSharp;

/// <summary>A number passed by value: an integer, a real or a truth value, as operators take it.</summary>
public readonly struct Scalar
{
    internal readonly ValueKind Kind;
    internal readonly long Bits;

    internal Scalar(ValueKind kind, long bits) => (Kind, Bits) = (kind, bits);

    /// <summary>Int64, Float64 or Bool.</summary>
    public torch.ScalarType Type => Kind switch
    {
        ValueKind.Double => torch.ScalarType.Float64,
        ValueKind.Bool => torch.ScalarType.Bool,
        _ => torch.ScalarType.Int64,
    };

    internal double Real => Kind == ValueKind.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    internal long Integer => Kind == ValueKind.Double ? checked((long)Real) : Bits;

    public static implicit operator Scalar(byte value) => new(ValueKind.Int, value);

    public static implicit operator Scalar(sbyte value) => new(ValueKind.Int, value);

    public static implicit operator Scalar(short value) => new(ValueKind.Int, value);

    public static implicit operator Scalar(int value) => new(ValueKind.Int, value);

    public static implicit operator Scalar(long value) => new(ValueKind.Int, value);

    public static implicit operator Scalar(float value) => new(ValueKind.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Scalar(double value) => new(ValueKind.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Scalar(bool value) => new(ValueKind.Bool, value ? 1 : 0);
}

/// <summary>Conversions of <see cref="Scalar"/>.</summary>
public static class ScalarExtensionMethods
{
    /// <summary>The number as a double.</summary>
    public static double ToDouble(this Scalar value) => value.Real;

    /// <summary>The number as a float.</summary>
    public static float ToSingle(this Scalar value) => (float)value.Real;

    /// <summary>The number as a long; a real is cut towards zero.</summary>
    public static long ToInt64(this Scalar value) => value.Integer;

    /// <summary>The number as an int; a real is cut towards zero.</summary>
    public static int ToInt32(this Scalar value) => checked((int)value.Integer);

    /// <summary>True for anything but zero.</summary>
    public static bool ToBoolean(this Scalar value) => value.Real != 0;

    /// <summary>A scalar of a double.</summary>
    public static Scalar ToScalar(this double value) => value;

    /// <summary>A scalar of a float.</summary>
    public static Scalar ToScalar(this float value) => value;

    /// <summary>A scalar of a long.</summary>
    public static Scalar ToScalar(this long value) => value;

    /// <summary>A scalar of an int.</summary>
    public static Scalar ToScalar(this int value) => value;
}
