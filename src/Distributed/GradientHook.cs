using System.Runtime.InteropServices;
using Lhts.Extensions;
using TorchSharp.Modules;

namespace Lhts.Distributed;

/// <summary>Is told each time a backward pass has added to a parameter's gradient, on the thread of that pass, while it goes on.</summary>
internal sealed unsafe class GradientHook : IDisposable
{
    private readonly GCHandle listener;
    private IntPtr hook;

    /// <summary>Hooks a parameter; <paramref name="ready"/> must not throw and gets <paramref name="index"/>.</summary>
    public GradientHook(Parameter parameter, int index, Action<int> ready)
    {
        NativeExtensions.Require("A gradient hook");
        listener = GCHandle.Alloc(ready);
        fixed (IntPtr* made = &hook)
        {
            NativeExtensions.Check(NativeCollectives.lhts_gradient_hook_new(parameter.Handle, GCHandle.ToIntPtr(listener), index, &Ready, made));
        }

        GC.KeepAlive(parameter);
    }

    public void Dispose()
    {
        if (hook == IntPtr.Zero) return;
        NativeCollectives.lhts_gradient_hook_dispose(hook);
        hook = IntPtr.Zero;
        listener.Free();
    }

    [UnmanagedCallersOnly]
    private static void Ready(IntPtr context, int index) => ((Action<int>)GCHandle.FromIntPtr(context).Target!)(index);
}
