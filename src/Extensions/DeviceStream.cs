using TorchSharp;

namespace Lhts.Extensions;

/// <summary>
/// A queue of work of a device. Work on one stream runs in order, work on two may overlap. A new thread works on the device's default
/// stream. TorchSharp has nothing of the kind.
/// </summary>
public sealed unsafe class DeviceStream
{
    private readonly NativeStream stream;

    private DeviceStream(NativeStream stream) => this.stream = stream;

    /// <summary>The stream's number on its device; the default stream's is 0.</summary>
    public long Id => stream.Id;

    /// <summary>The index of its device.</summary>
    public int DeviceIndex => stream.DeviceIndex;

    /// <summary>True when all work given to it is done.</summary>
    public bool IsDone
    {
        get
        {
            int done;
            fixed (NativeStream* self = &stream) NativeExtensions.Check(NativeExtensions.lhts_stream_query(self, &done));
            return done != 0;
        }
    }

    /// <summary>The stream that this thread's work on a device (index -1: the current one) goes to.</summary>
    /// <exception cref="PlatformNotSupportedException">liblhts.so is missing.</exception>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">This libtorch has no such device.</exception>
    public static DeviceStream Current(torch.Device device)
    {
        var stream = On(device);
        NativeExtensions.Check(NativeExtensions.lhts_stream_current(&stream));
        return new DeviceStream(stream);
    }

    /// <summary>One of the device's streams beside the default one; they are handed out in turn, so two may be the same.</summary>
    /// <inheritdoc cref="Current" path="/exception"/>
    public static DeviceStream FromPool(torch.Device device, bool highPriority = false)
    {
        var stream = On(device);
        NativeExtensions.Check(NativeExtensions.lhts_stream_from_pool(&stream, highPriority ? 1 : 0));
        return new DeviceStream(stream);
    }

    /// <summary>Sends this thread's work on the device to this stream until the region is disposed, on the same thread.</summary>
    public Region Use()
    {
        NativeStream before;
        fixed (NativeStream* self = &stream) NativeExtensions.Check(NativeExtensions.lhts_stream_use(self, &before));
        return new Region(before);
    }

    /// <summary>Work given to this stream from now on starts after the work that the other has now. Returns at once.</summary>
    public void WaitFor(DeviceStream other)
    {
        fixed (NativeStream* self = &stream, first = &other.stream) NativeExtensions.Check(NativeExtensions.lhts_stream_wait(self, first));
    }

    /// <summary>
    /// Tells libtorch that this stream uses a tensor made on another: its memory is given to no other tensor before the work that this
    /// stream has now is done, even when the tensor is disposed.
    /// </summary>
    public void RecordStream(torch.Tensor tensor)
    {
        fixed (NativeStream* self = &stream) NativeExtensions.Check(NativeExtensions.lhts_stream_record(self, tensor.Handle));
        GC.KeepAlive(tensor);
    }

    /// <summary>Waits until all work given to the stream is done.</summary>
    public void Synchronize()
    {
        fixed (NativeStream* self = &stream) NativeExtensions.Check(NativeExtensions.lhts_stream_synchronize(self));
    }

    private static NativeStream On(torch.Device device)
    {
        NativeExtensions.Require("A stream");
        return new NativeStream { DeviceType = (int)device.type, DeviceIndex = device.index };
    }

    /// <summary>A stretch of a thread's work on one stream.</summary>
    public sealed class Region : IDisposable
    {
        private readonly NativeStream before;
        private readonly int thread = Environment.CurrentManagedThreadId;
        private bool closed;

        internal Region(NativeStream before) => this.before = before;

        /// <summary>Goes back to the stream before; once, on the thread that opened the region.</summary>
        /// <exception cref="InvalidOperationException">Another thread closes it: the setting is that thread's own.</exception>
        public void Dispose()
        {
            if (closed) return;
            if (thread != Environment.CurrentManagedThreadId)
            {
                throw new InvalidOperationException("The current stream is a setting of a thread: close the region on the one that opened it.");
            }

            closed = true;
            NativeStream left;
            fixed (NativeStream* to = &before) NativeExtensions.Check(NativeExtensions.lhts_stream_use(to, &left));
        }
    }
}
