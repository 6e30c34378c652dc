using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lhts.Distributed;

/// <summary>The collectives of liblhts.so: src/Native/distributed.cpp and hooks.cpp. Tensors go in by handle, ours or TorchSharp's.</summary>
internal static unsafe partial class NativeCollectives
{
    private const string Library = "lhts";

    // distributed.cpp
    [LibraryImport(Library)] internal static partial int lhts_has_backend(int backend);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int lhts_store_new(string host, int port, int isServer, long timeoutMs, string prefix, IntPtr* result);

    [LibraryImport(Library)] internal static partial void lhts_store_dispose(IntPtr store);
    [LibraryImport(Library)] internal static partial int lhts_store_port(StoreHandle store);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int lhts_store_set(StoreHandle store, string key, byte* value, long count);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int lhts_store_get(StoreHandle store, string key, byte** value, long* count);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int lhts_store_add(StoreHandle store, string key, long amount, long* result);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int lhts_store_check(StoreHandle store, string key, int* result);

    [LibraryImport(Library)] internal static partial void lhts_free(IntPtr memory);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int lhts_group_new(
        int backend, StoreHandle store, int rank, int size, long timeoutMs, string address, string network, IntPtr* result);

    [LibraryImport(Library)] internal static partial void lhts_group_dispose(IntPtr group);
    [LibraryImport(Library)] internal static partial int lhts_all_reduce(GroupHandle group, IntPtr tensor, int reduction, IntPtr* result);
    [LibraryImport(Library)] internal static partial int lhts_broadcast(GroupHandle group, IntPtr tensor, int root, IntPtr* result);
    [LibraryImport(Library)] internal static partial int lhts_all_gather(GroupHandle group, IntPtr* outputs, int count, IntPtr input, IntPtr* result);
    [LibraryImport(Library)] internal static partial int lhts_all_to_all(GroupHandle group, IntPtr output, IntPtr input, IntPtr* result);
    [LibraryImport(Library)] internal static partial int lhts_barrier(GroupHandle group, IntPtr* result);
    [LibraryImport(Library)] internal static partial int lhts_work_wait(WorkHandle work);
    [LibraryImport(Library)] internal static partial int lhts_work_is_completed(WorkHandle work, int* result);
    [LibraryImport(Library)] internal static partial long lhts_work_finished(WorkHandle work);
    [LibraryImport(Library)] internal static partial long lhts_now();
    [LibraryImport(Library)] internal static partial void lhts_work_dispose(IntPtr work);

    // hooks.cpp
    [LibraryImport(Library)]
    internal static partial int lhts_gradient_hook_new(
        IntPtr parameter, IntPtr context, int index, delegate* unmanaged<IntPtr, int, void> ready, IntPtr* result);

    [LibraryImport(Library)] internal static partial void lhts_gradient_hook_dispose(IntPtr hook);
}

/// <summary>A c10d store and its prefix.</summary>
internal sealed class StoreHandle : NativeHandle
{
    public StoreHandle(IntPtr value) => SetHandle(value);

    protected override void Free() => NativeCollectives.lhts_store_dispose(handle);
}

/// <summary>A c10d process group.</summary>
internal sealed class GroupHandle : NativeHandle
{
    public GroupHandle(IntPtr value) => SetHandle(value);

    protected override void Free() => NativeCollectives.lhts_group_dispose(handle);
}

/// <summary>A collective under way.</summary>
internal sealed class WorkHandle : NativeHandle
{
    public WorkHandle(IntPtr value) => SetHandle(value);

    protected override void Free() => NativeCollectives.lhts_work_dispose(handle);
}

/// <summary>A pointer that liblhts.so made and frees.</summary>
internal abstract class NativeHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        Free();
        return true;
    }

    protected abstract void Free();
}
