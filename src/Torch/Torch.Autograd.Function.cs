using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static unsafe partial class autograd
    {
        /// <summary>What a function's forward leaves for its backward. It lives as long as the graph needs it.</summary>
        public class AutogradContext : IDisposable
        {
            private readonly Dictionary<string, object> data = [];
            private List<Tensor> saved = [];

            internal AutogradContext()
            {
            }

            /// <summary>Keeps tensors for the backward; not the function's own output, which would keep the graph alive for ever.</summary>
            public void save_for_backward(List<Tensor> tensors)
            {
                Dispose();
                saved = [.. tensors.Select(tensor => tensor.alias().DetachFromDisposeScope())];
            }

            /// <summary>The tensors kept; the context owns them.</summary>
            public List<Tensor> get_saved_variables() => saved;

            /// <summary>Keeps anything else under a name.</summary>
            public void save_data(string key, object value) => data[key] = value;

            /// <summary>What was kept under a name.</summary>
            public object get_data(string key) => data[key];

            /// <summary>Frees the tensors kept.</summary>
            public void Dispose()
            {
                foreach (var tensor in saved) tensor.Dispose();
                saved = [];
            }
        }

        /// <summary>An operation whose gradient is written by hand.</summary>
        public abstract class Function<T>
        {
            protected Function()
            {
            }

            /// <summary>The function's name, for messages.</summary>
            public abstract string Name { get; }
        }

        /// <summary>An operation with one tensor as its result, whose gradient is written by hand.</summary>
        public abstract class SingleTensorFunction<T> : Function<T>
            where T : SingleTensorFunction<T>, new()
        {
            /// <summary>Runs the function and, where a gradient is wanted of any tensor among <paramref name="vars"/>, puts it into the graph.</summary>
            public static Tensor apply(params object[] vars)
            {
                var function = new T();
                var context = new AutogradContext();
                Tensor output;
                using (no_grad()) output = function.forward(context, vars);
                if (is_grad_enabled() && vars.Any(value => value is Tensor { requires_grad: true }))
                {
                    using var detached = output;
                    return ManagedFunction.Attach(detached, vars, context, (ctx, gradient) => function.backward(ctx, gradient), function.Name);
                }

                context.Dispose();
                return output;
            }

            /// <summary>The result; nothing in here is recorded.</summary>
            public abstract Tensor forward(AutogradContext ctx, params object[] vars);

            /// <summary>The gradient of each of forward's arguments; null for those that are no tensors or need none.</summary>
            public abstract List<Tensor> backward(AutogradContext ctx, Tensor grad_output);
        }
    }
}
