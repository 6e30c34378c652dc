using System.Runtime.InteropServices;

namespace Lhts.Extensions;

/// <summary>A CUDA device's memory in bytes, as in src/Native/memory.cpp: 40 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeMemory
{
    public long Allocated;
    public long Peak;
    public long Reserved;
    public long Free;
    public long Total;
}

/// <summary>A stream by value, as in src/Native/streams.cpp: 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeStream
{
    public long Id;
    public int DeviceType;
    public int DeviceIndex;
}

/// <content>Devices: memory.cpp and streams.cpp.</content>
internal static unsafe partial class NativeExtensions
{
    [LibraryImport(Library), SuppressGCTransition] internal static partial int lhts_device_has_figures();
    [LibraryImport(Library)] internal static partial int lhts_device_memory(int index, NativeMemory* result);
    [LibraryImport(Library)] internal static partial int lhts_device_name(int index, byte* text, int capacity, int* length);
    [LibraryImport(Library)] internal static partial int lhts_device_reset_peak(int index);
    [LibraryImport(Library)] internal static partial int lhts_device_empty_cache();

    [LibraryImport(Library)] internal static partial int lhts_stream_current(NativeStream* name);
    [LibraryImport(Library)] internal static partial int lhts_stream_from_pool(NativeStream* name, int highPriority);
    [LibraryImport(Library)] internal static partial int lhts_stream_use(NativeStream* name, NativeStream* previous);
    [LibraryImport(Library)] internal static partial int lhts_stream_query(NativeStream* name, int* done);
    [LibraryImport(Library)] internal static partial int lhts_stream_synchronize(NativeStream* name);
    [LibraryImport(Library)] internal static partial int lhts_stream_wait(NativeStream* name, NativeStream* other);
    [LibraryImport(Library)] internal static partial int lhts_stream_record(NativeStream* name, IntPtr tensor);
}
