using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A tensor of libtorch: a handle on an <c>at::Tensor</c> that <see cref="Dispose()"/>, the dispose scope it was made in
    /// or, as a last resort, the finalizer frees.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private IntPtr handle;

        internal Tensor(IntPtr handle) => this.handle = handle;

        ~Tensor() => Dispose(false);

        /// <summary>The scope that frees the tensor; see <see cref="DisposeScope"/> for who may change it.</summary>
        internal DisposeScope? Scope;

        internal int ScopeSlot;

        /// <summary>The <c>at::Tensor*</c>. Keep this object alive (<see cref="GC.KeepAlive"/>) while native code uses it.</summary>
        /// <exception cref="ObjectDisposedException">The tensor was disposed.</exception>
        public IntPtr Handle => handle != IntPtr.Zero ? handle : throw new ObjectDisposedException(nameof(Tensor), "The tensor was disposed.");

        /// <summary>True once disposed.</summary>
        public bool IsInvalid => handle == IntPtr.Zero;

        /// <summary>Tensor handles alive in the process.</summary>
        public static long TotalCount => NativeMethods.lhts_tensor_live_count();

        /// <summary>The highest <see cref="TotalCount"/> there has been.</summary>
        public static long PeakCount => NativeMethods.lhts_tensor_peak_count();

        /// <summary>Wraps a handle and owns it; the tensor joins the current dispose scope.</summary>
        public static Tensor UnsafeCreateTensor(IntPtr handle) => Own(handle);

        /// <summary>Gives the handle up to the caller, who frees it; this object becomes invalid.</summary>
        public IntPtr DecoupleFromNativeHandle()
        {
            Scope?.Remove(this);
            GC.SuppressFinalize(this);
            return Interlocked.Exchange(ref handle, IntPtr.Zero);
        }

        /// <summary>Takes the tensor out of its dispose scope; the caller disposes it.</summary>
        public Tensor DetachFromDisposeScope()
        {
            Scope?.Remove(this);
            return this;
        }

        /// <summary>Moves the tensor to the scope around the current one.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            Scope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Moves the tensor to another scope.</summary>
        public Tensor MoveToOtherDisposeScope(DisposeScope other)
        {
            Scope?.Remove(this);
            other.Add(this);
            return this;
        }

        /// <summary>Frees the handle; doing so again, or from another thread, does no harm.</summary>
        public void Dispose()
        {
            Scope?.Remove(this);
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Frees the handle.</summary>
        protected virtual void Dispose(bool disposing)
        {
            var freed = Interlocked.Exchange(ref handle, IntPtr.Zero);
            if (freed != IntPtr.Zero) NativeMethods.lhts_tensor_dispose(freed);
        }

        internal static Tensor Own(IntPtr handle)
        {
            if (handle == IntPtr.Zero) throw Undefined();
            var tensor = new Tensor(handle);
            DisposeScope.Current?.Add(tensor);
            return tensor;
        }

        /// <summary>Owns the results of one call; where one of them is undefined, none of the others stays alive.</summary>
        internal static Tensor[] OwnAll(ReadOnlySpan<IntPtr> handles)
        {
            if (handles.Contains(IntPtr.Zero))
            {
                foreach (var handle in handles)
                {
                    if (handle != IntPtr.Zero) NativeMethods.lhts_tensor_dispose(handle);
                }

                throw Undefined();
            }

            var tensors = new Tensor[handles.Length];
            for (var i = 0; i < tensors.Length; i++) tensors[i] = Own(handles[i]);
            return tensors;
        }

        internal static Tensor? OwnOrNull(IntPtr handle) => handle == IntPtr.Zero ? null : Own(handle);

        internal unsafe TensorInfo Info()
        {
            TensorInfo info;
            NativeMethods.Check(NativeMethods.lhts_tensor_info(Handle, &info));
            GC.KeepAlive(this);
            return info;
        }

        /// <summary>Makes this tensor show other data, dtype and device included; the object and its place in an optimizer stay.</summary>
        internal void SetData(Tensor source)
        {
            NativeMethods.Check(NativeMethods.lhts_tensor_set_data(Handle, source.Handle));
            GC.KeepAlive(source);
            GC.KeepAlive(this);
        }

        private static TorchException Undefined() => new(TorchError.InvalidArgument, "libtorch gave back an undefined tensor");

        /// <summary>Dtype and shape in a few characters, for messages.</summary>
        internal string Describe() => IsInvalid ? "disposed" : $"{dtype}[{string.Join("x", shape)}]";

        public override string ToString() => IsInvalid ? "disposed tensor" : $"{Describe()} on {device}";
    }
}
