using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Number of dimensions.</summary>
        public long ndim => Dimensions;

        /// <summary>Number of dimensions.</summary>
        public long Dimensions
        {
            get
            {
                var info = Info();
                GC.KeepAlive(this);
                return info.NumDimensions;
            }
        }

        /// <summary>Number of dimensions.</summary>
        public long dim() => Dimensions;

        /// <summary>Number of elements.</summary>
        public long NumberOfElements
        {
            get
            {
                var info = Info();
                GC.KeepAlive(this);
                return info.NumElements;
            }
        }

        /// <summary>Number of elements.</summary>
        public long numel() => NumberOfElements;

        /// <summary>Bytes of one element.</summary>
        public long ElementSize
        {
            get
            {
                var info = Info();
                GC.KeepAlive(this);
                return info.ElementSize;
            }
        }

        /// <summary>Bytes of one element.</summary>
        public long element_size() => ElementSize;

        /// <summary>Sizes; a new array at each read.</summary>
        public unsafe long[] shape
        {
            get
            {
                var info = Info();
                var sizes = new ReadOnlySpan<long>(info.Sizes, (int)info.NumDimensions).ToArray();
                GC.KeepAlive(this);
                return sizes;
            }
        }

        /// <summary>Sizes; a new array at each call.</summary>
        public long[] size() => shape;

        /// <summary>One size; a negative dimension counts from the end.</summary>
        public unsafe long size(int dim)
        {
            var info = Info();
            var position = dim < 0 ? dim + info.NumDimensions : dim;
            if (position < 0 || position >= info.NumDimensions)
            {
                throw new ArgumentOutOfRangeException(nameof(dim), dim, $"The tensor has {info.NumDimensions} dimensions.");
            }

            var size = info.Sizes[position];
            GC.KeepAlive(this);
            return size;
        }

        /// <summary>Strides in elements; a new array at each call.</summary>
        public unsafe long[] stride()
        {
            var info = Info();
            var strides = new ReadOnlySpan<long>(info.Strides, (int)info.NumDimensions).ToArray();
            GC.KeepAlive(this);
            return strides;
        }

        /// <summary>The element type.</summary>
        public ScalarType dtype
        {
            get
            {
                var info = Info();
                GC.KeepAlive(this);
                return (ScalarType)info.ScalarType;
            }
        }

        /// <summary>The device.</summary>
        public Device device
        {
            get
            {
                var info = Info();
                GC.KeepAlive(this);
                return new Device((DeviceType)info.DeviceType, info.DeviceIndex);
            }
        }

        /// <summary>The kind of device.</summary>
        public DeviceType device_type
        {
            get
            {
                var info = Info();
                GC.KeepAlive(this);
                return (DeviceType)info.DeviceType;
            }
        }

        /// <summary>True on a CUDA device.</summary>
        public bool is_cuda => device_type == DeviceType.CUDA;

        /// <summary>True on the CPU.</summary>
        public bool is_cpu() => device_type == DeviceType.CPU;

        /// <summary>True for a tensor that the graph starts from.</summary>
        public bool is_leaf
        {
            get
            {
                var info = Info();
                GC.KeepAlive(this);
                return info.IsLeaf != 0;
            }
        }

        /// <summary>True where elements lie row-major without gaps.</summary>
        public bool is_contiguous()
        {
            var info = Info();
            GC.KeepAlive(this);
            return info.IsContiguous != 0;
        }

        /// <summary>True for floating-point element types.</summary>
        public bool is_floating_point() =>
            dtype is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;

        /// <summary>Whether gradients flow to this tensor.</summary>
        public bool requires_grad
        {
            get
            {
                var info = Info();
                GC.KeepAlive(this);
                return info.RequiresGrad != 0;
            }

            set
            {
                NativeMethods.Check(NativeMethods.lhts_tensor_set_requires_grad(Handle, value ? 1 : 0));
                GC.KeepAlive(this);
            }
        }

        /// <summary>Sets <see cref="requires_grad"/>; returns this tensor.</summary>
        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        /// <summary>The gradient; a new wrapper at each read, null where there is none.</summary>
        public unsafe Tensor? grad
        {
            get
            {
                IntPtr result;
                NativeMethods.Check(NativeMethods.lhts_tensor_grad(Handle, &result));
                GC.KeepAlive(this);
                return OwnOrNull(result);
            }

            set
            {
                NativeMethods.Check(NativeMethods.lhts_tensor_set_grad(Handle, value?.Handle ?? IntPtr.Zero));
                GC.KeepAlive(value);
                GC.KeepAlive(this);
            }
        }
    }
}
