using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers of one device, with a seed and a state that can be saved.</summary>
    public class Generator : IDisposable
    {
        private IntPtr handle;

        /// <summary>A generator of its own, seeded, for a device (default: the CPU).</summary>
        public unsafe Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            IntPtr result;
            NativeMethods.Check(NativeMethods.lhts_generator_new((long)seed, (int)this.device.type, this.device.index, &result));
            handle = result;
        }

        private Generator(IntPtr handle, Device device) => (this.handle, this.device) = (handle, device);

        ~Generator() => Dispose(false);

        /// <summary>The <c>at::Generator*</c>.</summary>
        public IntPtr Handle => handle != IntPtr.Zero ? handle : throw new ObjectDisposedException(nameof(Generator));

        /// <summary>The device whose random operators it serves.</summary>
        public Device device { get; }

        /// <summary>The CPU generator that operators use where none is given.</summary>
        public static unsafe Generator Default
        {
            get
            {
                IntPtr result;
                NativeMethods.Check(NativeMethods.lhts_generator_default((int)DeviceType.CPU, -1, &result));
                return new Generator(result, CPU);
            }
        }

        /// <summary>Starts the sequence of a seed.</summary>
        public Generator manual_seed(long seed)
        {
            NativeMethods.Check(NativeMethods.lhts_generator_set_seed(Handle, seed));
            GC.KeepAlive(this);
            return this;
        }

        /// <summary>The seed it was last started with.</summary>
        public unsafe long initial_seed()
        {
            long seed;
            NativeMethods.Check(NativeMethods.lhts_generator_seed(Handle, &seed));
            GC.KeepAlive(this);
            return seed;
        }

        /// <summary>The state as bytes: a uint8 tensor on the CPU.</summary>
        public unsafe Tensor get_state()
        {
            IntPtr result;
            NativeMethods.Check(NativeMethods.lhts_generator_get_state(Handle, &result));
            GC.KeepAlive(this);
            return Tensor.Own(result);
        }

        /// <summary>Goes on from a saved state.</summary>
        public void set_state(Tensor value)
        {
            NativeMethods.Check(NativeMethods.lhts_generator_set_state(Handle, value.Handle));
            GC.KeepAlive(value);
            GC.KeepAlive(this);
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var freed = Interlocked.Exchange(ref handle, IntPtr.Zero);
            if (freed != IntPtr.Zero) NativeMethods.lhts_generator_dispose(freed);
        }
    }

    /// <summary>Seeds the default generators of all devices; gives back the CPU's.</summary>
    public static Generator manual_seed(long seed)
    {
        NativeMethods.Check(NativeMethods.lhts_manual_seed(seed));
        return Generator.Default;
    }

    /// <summary>Random state of the process.</summary>
    public static class random
    {
        /// <inheritdoc cref="torch.manual_seed"/>
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);

        /// <summary>The state of the CPU's default generator.</summary>
        public static Tensor get_rng_state()
        {
            using var generator = Generator.Default;
            return generator.get_state();
        }

        /// <summary>Sets the state of the CPU's default generator.</summary>
        public static void set_rng_state(Tensor new_state)
        {
            using var generator = Generator.Default;
            generator.set_state(new_state);
        }
    }
}
