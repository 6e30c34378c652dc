using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>The C ABI of src/Native (liblhts.so). Grouped as its source files are.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "lhts";

    // status.cpp
    [LibraryImport(Library)] internal static partial byte* lhts_last_error();
    [LibraryImport(Library)] internal static partial int lhts_layout(int* numbers, int capacity);
    [LibraryImport(Library)] internal static partial int lhts_provoke(int kind);

    // tensors.cpp
    [LibraryImport(Library)] internal static partial void lhts_tensor_dispose(IntPtr tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial long lhts_tensor_live_count();
    [LibraryImport(Library), SuppressGCTransition] internal static partial long lhts_tensor_peak_count();
    [LibraryImport(Library)] internal static partial int lhts_tensor_info(IntPtr tensor, TensorInfo* info);
    [LibraryImport(Library)] internal static partial int lhts_tensor_alias(IntPtr tensor, IntPtr* result);
    [LibraryImport(Library)] internal static partial int lhts_tensor_set_data(IntPtr tensor, IntPtr source);

    // operators.cpp
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int lhts_operator_find(string name, string overload, IntPtr* result);

    [LibraryImport(Library)]
    internal static partial int lhts_operator_call(IntPtr handle, Value* arguments, int numArguments, Value* results, int numResults);

    [LibraryImport(Library)] internal static partial void lhts_free(IntPtr memory);

    // adamw.cpp
    [LibraryImport(Library)]
    internal static partial int lhts_adamw(
        IntPtr* parameters, IntPtr* gradients, IntPtr* averages, IntPtr* squares, int count, AdamWStep* step, int* updated);

    // autograd.cpp
    [LibraryImport(Library), SuppressGCTransition] internal static partial int lhts_grad_mode();
    [LibraryImport(Library), SuppressGCTransition] internal static partial void lhts_set_grad_mode(int enabled);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int lhts_inference_mode();
    [LibraryImport(Library)] internal static partial IntPtr lhts_inference_mode_enter(int enabled);
    [LibraryImport(Library)] internal static partial void lhts_inference_mode_leave(IntPtr guard);
    [LibraryImport(Library)] internal static partial int lhts_tensor_set_requires_grad(IntPtr tensor, int requiresGrad);
    [LibraryImport(Library)] internal static partial int lhts_tensor_grad(IntPtr tensor, IntPtr* result);
    [LibraryImport(Library)] internal static partial int lhts_tensor_set_grad(IntPtr tensor, IntPtr gradient);

    [LibraryImport(Library)]
    internal static partial int lhts_backward(
        IntPtr* roots, int numRoots, IntPtr* gradients, IntPtr* inputs, int numInputs, int retainGraph, int createGraph);

    [LibraryImport(Library)]
    internal static partial int lhts_grad(
        IntPtr* outputs, int numOutputs, IntPtr* gradients, IntPtr* inputs, int numInputs,
        int retainGraph, int createGraph, int allowUnused, IntPtr* results);

    // functions.cpp
    [LibraryImport(Library)]
    internal static partial int lhts_function_attach(
        IntPtr output, IntPtr* inputs, int count, IntPtr context,
        delegate* unmanaged<IntPtr, IntPtr, IntPtr*, int, byte*, int, int> backward, delegate* unmanaged<IntPtr, void> release, IntPtr* result);

    // generators.cpp
    [LibraryImport(Library)] internal static partial int lhts_manual_seed(long seed);
    [LibraryImport(Library)] internal static partial int lhts_generator_default(int deviceType, int deviceIndex, IntPtr* result);
    [LibraryImport(Library)] internal static partial int lhts_generator_new(long seed, int deviceType, int deviceIndex, IntPtr* result);
    [LibraryImport(Library)] internal static partial void lhts_generator_dispose(IntPtr generator);
    [LibraryImport(Library)] internal static partial int lhts_generator_set_seed(IntPtr generator, long seed);
    [LibraryImport(Library)] internal static partial int lhts_generator_seed(IntPtr generator, long* seed);
    [LibraryImport(Library)] internal static partial int lhts_generator_get_state(IntPtr generator, IntPtr* state);
    [LibraryImport(Library)] internal static partial int lhts_generator_set_state(IntPtr generator, IntPtr state);

    // devices.cpp
    [LibraryImport(Library)] private static partial void lhts_initialize();
    [LibraryImport(Library)] internal static partial byte* lhts_torch_version();
    [LibraryImport(Library)] internal static partial int lhts_num_threads();
    [LibraryImport(Library)] internal static partial int lhts_set_num_threads(int count);
    [LibraryImport(Library)] internal static partial int lhts_num_interop_threads();
    [LibraryImport(Library)] internal static partial int lhts_set_num_interop_threads(int count);
    [LibraryImport(Library)] internal static partial int lhts_cuda_device_count(int* count);
    [LibraryImport(Library)] internal static partial int lhts_cuda_synchronize(int deviceIndex);

    /// <summary>Turns a status into an exception; does nothing for success.</summary>
    internal static void Check(int status)
    {
        if (status != 0) throw TorchException.FromLastError((TorchError)status, null);
    }

    static NativeMethods()
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, (name, _, _) => name == Library ? Load() : IntPtr.Zero);
        Layout.Check();
        lhts_initialize();
        Processors.Choose();
    }

    private static IntPtr Load()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "liblhts.so");
        if (!File.Exists(path)) path = Path.Combine(Path.GetDirectoryName(typeof(NativeMethods).Assembly.Location) ?? "", "liblhts.so");
        Waiting.Choose();
        Kernels.Choose();
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (DllNotFoundException e)
        {
            throw new DllNotFoundException(
                $"The native library '{path}' could not be loaded: {e.Message} Run ./eng/setup.sh, which installs libtorch and builds it.", e);
        }
    }
}
