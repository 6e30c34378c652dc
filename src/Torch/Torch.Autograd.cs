using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>No gradients are recorded on this thread until the result is disposed.</summary>
    public static IDisposable no_grad() => new AutoGradMode(false);

    /// <summary>Gradients are recorded on this thread until the result is disposed.</summary>
    public static IDisposable enable_grad(bool enabled = true) => new AutoGradMode(enabled);

    /// <summary>Sets whether gradients are recorded on this thread; disposing the result restores what was.</summary>
    public static IDisposable set_grad_enabled(bool mode = true) => new AutoGradMode(mode);

    /// <summary>Whether gradients are recorded on this thread.</summary>
    public static bool is_grad_enabled() => NativeMethods.lhts_grad_mode() != 0;

    /// <summary>Like <see cref="no_grad"/>, and results can never enter a graph.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceModeGuard(mode);

    /// <summary>Whether this thread is in <see cref="inference_mode"/>.</summary>
    public static bool is_inference_mode_enabled() => NativeMethods.lhts_inference_mode() != 0;

    /// <summary>Gradients.</summary>
    public static unsafe partial class autograd
    {
        /// <summary>Gradients of the outputs for the inputs, not accumulated. An unused input gives null where that is allowed.</summary>
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false,
            bool create_graph = false, bool allow_unused = false)
        {
            var results = stackalloc IntPtr[inputs.Count];
            fixed (IntPtr* roots = Handles(outputs), leaves = Handles(inputs), gradients = grad_outputs is null ? null : Handles(grad_outputs))
            {
                NativeMethods.Check(NativeMethods.lhts_grad(
                    roots, outputs.Count, gradients, leaves, inputs.Count, retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, results));
            }

            KeepAlive(outputs, inputs, grad_outputs);
            var found = new Tensor[inputs.Count];
            for (var i = 0; i < found.Length; i++) found[i] = Tensor.OwnOrNull(results[i])!;
            return found;
        }

        /// <summary>Accumulates gradients of the tensors into the leaves.</summary>
        public static void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            fixed (IntPtr* roots = Handles(tensors), gradients = grad_tensors is null ? null : Handles(grad_tensors), leaves = Handles(inputs ?? []))
            {
                NativeMethods.Check(NativeMethods.lhts_backward(
                    roots, tensors.Count, gradients, leaves, inputs?.Count ?? 0, (retain_graph ?? create_graph) ? 1 : 0, create_graph ? 1 : 0));
            }

            KeepAlive(tensors, grad_tensors, inputs);
        }

        private static IntPtr[] Handles(IList<Tensor> tensors)
        {
            var handles = new IntPtr[tensors.Count];
            for (var i = 0; i < handles.Length; i++) handles[i] = tensors[i].Handle;
            return handles;
        }

        private static void KeepAlive(params ReadOnlySpan<IList<Tensor>?> lists)
        {
            foreach (var list in lists) GC.KeepAlive(list);
        }
    }

    public partial class Tensor
    {
        /// <summary>Accumulates the gradient of this scalar into the leaves.</summary>
        public void backward() => autograd.backward([this]);

        /// <summary>Accumulates gradients into the leaves, starting from the given gradient of this tensor.</summary>
        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }

    private sealed class AutoGradMode : ThreadGuard
    {
        private readonly int before = NativeMethods.lhts_grad_mode();

        public AutoGradMode(bool enabled) => NativeMethods.lhts_set_grad_mode(enabled ? 1 : 0);

        protected override void Restore() => NativeMethods.lhts_set_grad_mode(before);
    }

    private sealed class InferenceModeGuard(bool enabled) : ThreadGuard
    {
        private readonly IntPtr guard = NativeMethods.lhts_inference_mode_enter(enabled ? 1 : 0);

        protected override void Restore() => NativeMethods.lhts_inference_mode_leave(guard);
    }

    /// <summary>A setting of a thread until it is disposed: once, on that thread.</summary>
    private abstract class ThreadGuard : IDisposable
    {
        private readonly int thread = Environment.CurrentManagedThreadId;
        private bool closed;

        /// <summary>Restores what was before; nothing the second time.</summary>
        /// <exception cref="InvalidOperationException">Another thread closes it: the setting is that thread's own.</exception>
        public void Dispose()
        {
            if (closed) return;
            if (thread != Environment.CurrentManagedThreadId)
            {
                throw new InvalidOperationException("Whether gradients are recorded is a setting of a thread: close the guard on the one that opened it.");
            }

            closed = true;
            Restore();
        }

        protected abstract void Restore();
    }
}
