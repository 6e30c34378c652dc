using TorchSharp.Native;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The elements' bytes, in place; for contiguous tensors on the CPU. Do not keep it beyond the tensor.</summary>
        /// <exception cref="InvalidOperationException">The tensor is not contiguous or not on the CPU.</exception>
        public unsafe Span<byte> bytes
        {
            get
            {
                var info = Info();
                if (info.IsCpu == 0) throw new InvalidOperationException("Reading data takes a tensor on the CPU: call cpu() first.");
                if (info.IsContiguous == 0) throw new InvalidOperationException("Reading bytes takes a contiguous tensor: call contiguous() first.");
                return new Span<byte>(info.Data, checked((int)(info.NumElements * info.ElementSize)));
            }

            set
            {
                var target = bytes;
                if (value.Length != target.Length)
                {
                    throw new ArgumentException($"The tensor has {target.Length} bytes, {value.Length} were given.", nameof(value));
                }

                value.CopyTo(target);
                GC.KeepAlive(this);
            }
        }

        /// <summary>Access to the elements of a tensor on the CPU.</summary>
        /// <exception cref="InvalidOperationException">The tensor is on another device, or its dtype is not that of T.</exception>
        public TensorAccessor<T> data<T>()
            where T : unmanaged => new(this);

        /// <summary>The only element, converted to T.</summary>
        public T item<T>()
            where T : unmanaged
        {
            var value = ToScalar();
            if (typeof(T) == typeof(float)) return (T)(object)(float)value.Real;
            if (typeof(T) == typeof(double)) return (T)(object)value.Real;
            if (typeof(T) == typeof(long)) return (T)(object)value.Integer;
            if (typeof(T) == typeof(int)) return (T)(object)checked((int)value.Integer);
            if (typeof(T) == typeof(bool)) return (T)(object)(value.Real != 0);
            if (typeof(T) == typeof(byte)) return (T)(object)checked((byte)value.Integer);
            throw new NotSupportedException($"item<{typeof(T).Name}> is not one of float, double, long, int, bool, byte.");
        }

        /// <summary>The only element.</summary>
        public Scalar ToScalar() => Op.item.CallScalar(this);

        /// <summary>The only element as a double.</summary>
        public static explicit operator double(Tensor value) => value.ToScalar().Real;

        /// <summary>The only element as a float.</summary>
        public static explicit operator float(Tensor value) => (float)value.ToScalar().Real;

        /// <summary>The only element as a long.</summary>
        public static explicit operator long(Tensor value) => value.ToScalar().Integer;

        /// <summary>The only element as an int.</summary>
        public static explicit operator int(Tensor value) => checked((int)value.ToScalar().Integer);

        /// <summary>The only element as a truth value.</summary>
        public static explicit operator bool(Tensor value) => value.ToScalar().Real != 0;

        /// <summary>A tensor of another element type (this one's own handle again where it has that type already).</summary>
        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            DisposeAfter(Op.to_dtype.Call(this, type, non_blocking, copy), disposeAfter);

        /// <summary>A tensor on another device.</summary>
        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            DisposeAfter(Op.to_device.Call(this, device, dtype, non_blocking, copy), disposeAfter);

        /// <summary>A tensor of another element type on another device.</summary>
        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            DisposeAfter(Op.to_device.Call(this, device, type, non_blocking, copy), disposeAfter);

        /// <summary>A tensor of another one's device and element type.</summary>
        public Tensor to(Tensor other, bool non_blocking = false) => to(other.dtype, other.device, non_blocking: non_blocking);

        /// <summary>A tensor on a CUDA device (default: the current one).</summary>
        public Tensor cuda(Device? device = null, bool non_blocking = false) => to(device ?? CUDA, non_blocking: non_blocking);

        /// <summary>A tensor on the CPU.</summary>
        public Tensor cpu() => to(CPU);

        /// <summary>A float32 tensor.</summary>
        public Tensor @float() => to(ScalarType.Float32);

        /// <summary>A float16 tensor.</summary>
        public Tensor half() => to(ScalarType.Float16);

        /// <summary>A bfloat16 tensor.</summary>
        public Tensor bfloat16() => to(ScalarType.BFloat16);

        /// <summary>A copy in page-locked memory.</summary>
        public Tensor pin_memory() => Op.pin_memory.Call(this);

        /// <summary>True where the tensor lies in page-locked memory.</summary>
        public bool is_pinned() => Op.is_pinned.CallScalar(this).Real != 0;

        /// <summary>A copy of the data, in the graph.</summary>
        public Tensor clone() => Op.clone.Call(this);

        /// <summary>This tensor, or a copy where its elements do not lie row-major.</summary>
        public Tensor contiguous() => Op.contiguous.Call(this);

        /// <summary>The same data outside the graph.</summary>
        public Tensor detach() => Op.detach.Call(this);

        /// <summary>A second handle on the same tensor.</summary>
        public unsafe Tensor alias()
        {
            IntPtr result;
            NativeMethods.Check(NativeMethods.lhts_tensor_alias(Handle, &result));
            GC.KeepAlive(this);
            return Own(result);
        }

        /// <summary>Copies the elements of <paramref name="source"/> here, converting and broadcasting.</summary>
        public Tensor copy_(Tensor source, bool nonBlocking = false) => Op.copy_.RunOn(this, source, nonBlocking);

        private Tensor DisposeAfter(Tensor result, bool dispose)
        {
            if (dispose && !ReferenceEquals(result, this)) Dispose();
            return result;
        }
    }
}
