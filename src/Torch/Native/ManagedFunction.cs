using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.Native;

/// <summary>Puts operations with a managed backward into libtorch's graph, and takes its calls.</summary>
internal static unsafe class ManagedFunction
{
    /// <summary>A view of the output whose gradient goes to <paramref name="backward"/>; the graph owns the context from now on.</summary>
    public static Tensor Attach(
        Tensor output, object[] inputs, autograd.AutogradContext context, Func<autograd.AutogradContext, Tensor, List<Tensor>> backward, string name)
    {
        var state = GCHandle.ToIntPtr(GCHandle.Alloc(new State(context, backward, name)));
        var handles = new IntPtr[inputs.Length];
        for (var i = 0; i < handles.Length; i++) handles[i] = inputs[i] is Tensor tensor ? tensor.Handle : IntPtr.Zero;
        IntPtr result;
        fixed (IntPtr* given = handles)
        {
            NativeMethods.Check(NativeMethods.lhts_function_attach(output.Handle, given, handles.Length, state, &Backward, &Release, &result));
        }

        GC.KeepAlive(output);
        GC.KeepAlive(inputs);
        return Tensor.Own(result);
    }

    /// <summary>Called by libtorch's backward, on whichever thread that runs. No exception may leave it.</summary>
    [UnmanagedCallersOnly]
    private static int Backward(IntPtr handle, IntPtr gradient, IntPtr* results, int count, byte* message, int capacity)
    {
        var name = "";
        try
        {
            var state = (State)GCHandle.FromIntPtr(handle).Target!;
            name = state.Name;
            using var scope = NewDisposeScope();
            var gradients = state.Backward(state.Context, Tensor.Own(gradient));
            if (gradients.Count != count) throw new InvalidOperationException($"backward gave {gradients.Count} gradients for {count} arguments");
            for (var i = 0; i < count; i++) results[i] = gradients[i]?.alias().DecoupleFromNativeHandle() ?? IntPtr.Zero;
            return 0;
        }
        catch (Exception exception)
        {
            var text = new Span<byte>(message, capacity - 1); // the last byte stays zero
            Encoding.UTF8.TryGetBytes($"{name}: {exception.Message}", text, out _);
            return 1;
        }
    }

    [UnmanagedCallersOnly]
    private static void Release(IntPtr handle)
    {
        var pinned = GCHandle.FromIntPtr(handle);
        ((State)pinned.Target!).Context.Dispose();
        pinned.Free();
    }

    private sealed record State(autograd.AutogradContext Context, Func<autograd.AutogradContext, Tensor, List<Tensor>> Backward, string Name);
}
