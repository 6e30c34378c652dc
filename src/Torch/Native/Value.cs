using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>What a <see cref="Value"/> holds. The numbers are those of lhts::Kind in lhts.h.</summary>
internal enum ValueKind
{
    None = 0,
    Tensor = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    IntList = 5,
    TensorList = 6,
    Device = 7,
    String = 8,
    Generator = 9,
    DoubleList = 10,
}

/// <summary>One operator argument or result as it crosses the boundary: lhts::Value, 16 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct Value
{
    [FieldOffset(0)] public ValueKind Kind;
    [FieldOffset(4)] public int Count;
    [FieldOffset(8)] public long Integer;
    [FieldOffset(8)] public double Real;
    [FieldOffset(8)] public IntPtr Pointer;
}

/// <summary>Step of adamw.cpp: the settings of one update; 48 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AdamWStep
{
    public double LearningRate;
    public double Beta1;
    public double Beta2;
    public double Epsilon;
    public double WeightDecay;
    public long Step;
}

/// <summary>lhts::TensorInfo: everything about a tensor that costs nothing to read, in one call; 72 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TensorInfo
{
    public long NumDimensions;
    public long NumElements;
    public long* Sizes;
    public long* Strides;
    public void* Data;
    public int ScalarType;
    public int ElementSize;
    public int DeviceType;
    public int DeviceIndex;
    public int RequiresGrad;
    public int IsLeaf;
    public int IsContiguous;
    public int IsCpu;
}
