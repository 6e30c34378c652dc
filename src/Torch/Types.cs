namespace TorchSharp;

/// <summary>Kinds of device; the numbers are libtorch's.</summary>
public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    MKLDNN = 2,
    OPENGL = 3,
    OPENCL = 4,
    IDEEP = 5,
    HIP = 6,
    FPGA = 7,
    MSNPU = 8,
    XLA = 9,
    MPS = 13,
    META = 14,
}

public static partial class torch
{
    /// <summary>Element types; the numbers are libtorch's.</summary>
    public enum ScalarType
    {
        Byte = 0,
        Int8 = 1,
        Int16 = 2,
        Int32 = 3,
        Int64 = 4,
        Float16 = 5,
        Float32 = 6,
        Float64 = 7,
        ComplexFloat32 = 9,
        ComplexFloat64 = 10,
        Bool = 11,
        QInt8 = 12,
        QUInt8 = 13,
        QInt32 = 14,
        BFloat16 = 15,
    }

    /// <summary>How a quotient is rounded.</summary>
    public enum RoundingMode
    {
        None = 0,
        trunc = 1,
        floor = 2,
    }

    /// <summary>uint8.</summary>
    public static ScalarType uint8 = ScalarType.Byte;

    /// <summary>int8.</summary>
    public static ScalarType int8 = ScalarType.Int8;

    /// <summary>int16.</summary>
    public static ScalarType int16 = ScalarType.Int16;

    /// <summary>int32.</summary>
    public static ScalarType int32 = ScalarType.Int32;

    /// <summary>int64.</summary>
    public static ScalarType int64 = ScalarType.Int64;

    /// <summary>bfloat16.</summary>
    public static ScalarType bfloat16 = ScalarType.BFloat16;

    /// <summary>float16.</summary>
    public static ScalarType float16 = ScalarType.Float16;

    /// <summary>float32.</summary>
    public static ScalarType float32 = ScalarType.Float32;

    /// <summary>float64.</summary>
    public static ScalarType float64 = ScalarType.Float64;

    /// <summary>bool.</summary>
    public static ScalarType @bool = ScalarType.Bool;

    /// <summary>A device: a kind and, for kinds that have several, an index.</summary>
    public class Device
    {
        /// <summary>Parses <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
        /// <exception cref="ArgumentException">The text names no device.</exception>
        public Device(string description)
        {
            var parts = description.Split(':');
            if (!Enum.TryParse<DeviceType>(parts[0], ignoreCase: true, out var parsed) || parts.Length > 2)
            {
                throw new ArgumentException($"'{description}' names no device: write cpu, cuda or cuda:INDEX.", nameof(description));
            }

            type = parsed;
            index = -1;
            if (parts.Length == 2)
            {
                if (!int.TryParse(parts[1], out var number) || number < 0)
                {
                    throw new ArgumentException($"'{description}' names no device: the index is a number from 0 up.", nameof(description));
                }

                index = number;
            }
        }

        /// <summary>A device by kind name and index (-1: the current one).</summary>
        public Device(string deviceType, int index = -1)
            : this(index < 0 ? deviceType : $"{deviceType}:{index}")
        {
        }

        /// <summary>A device by kind and index (-1: the current one).</summary>
        public Device(DeviceType deviceType, int index = -1) => (type, this.index) = (deviceType, index);

        /// <summary>A CUDA device by index.</summary>
        public Device(int index)
            : this(DeviceType.CUDA, index)
        {
        }

        /// <summary>The kind.</summary>
        public DeviceType type { get; }

        /// <summary>The index, -1 for the current one.</summary>
        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        public override string ToString() => index < 0 ? type.ToString().ToLowerInvariant() : $"{type.ToString().ToLowerInvariant()}:{index}";
    }

    /// <summary>The CPU.</summary>
    public static readonly Device CPU = new(DeviceType.CPU);

    /// <summary>The current CUDA device.</summary>
    public static Device CUDA { get; } = new(DeviceType.CUDA);
}
