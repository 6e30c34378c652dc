using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// A part of a model: parameters, buffers and further modules under names. Fields are registered by
        /// <see cref="RegisterComponents"/> under their own names, which a constructor calls at its end.
        /// </summary>
        public class Module : IDisposable
        {
            private readonly List<(string Name, Module Module)> submodules = [];
            private readonly List<(string Name, Parameter Parameter)> ownParameters = [];
            private readonly List<(string Name, Tensor Buffer, bool Persistent)> ownBuffers = [];

            /// <summary>The module's name, for messages.</summary>
            protected string name;

            protected Module(string name) => this.name = name;

            /// <summary>True while training (dropout acts), false while evaluating.</summary>
            public virtual bool training { get; private set; } = true;

            /// <summary>The module's name.</summary>
            public virtual string GetName() => name;

            /// <summary>Adds a module under a name.</summary>
            public virtual void register_module(string name, Module submodule)
            {
                CheckNew(name);
                submodules.Add((name, submodule));
            }

            /// <summary>Adds a parameter under a name; the module owns it.</summary>
            public virtual void register_parameter(string name, Parameter param)
            {
                CheckNew(name);
                param.DetachFromDisposeScope();
                ownParameters.Add((name, param));
            }

            /// <summary>Adds a tensor that is saved with the module (where persistent) but not trained; the module owns it.</summary>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                CheckNew(name);
                tensor.DetachFromDisposeScope();
                ownBuffers.Add((name, tensor, persistent));
            }

            /// <summary>Registers every field that is a parameter, a module or a tensor (a buffer) under the field's name.</summary>
            protected virtual void RegisterComponents()
            {
                foreach (var field in GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
                {
                    if (field.DeclaringType == typeof(Module) || Registered(field.Name)) continue;
                    switch (field.GetValue(this))
                    {
                        case Module module: register_module(field.Name, module); break;
                        case Parameter parameter: register_parameter(field.Name, parameter); break;
                        case Tensor buffer: register_buffer(field.Name, buffer); break;
                    }
                }
            }

            /// <summary>The direct modules.</summary>
            public virtual IEnumerable<Module> children() => submodules.Select(s => s.Module);

            /// <summary>The direct modules with their names.</summary>
            public virtual IEnumerable<(string name, Module module)> named_children() => submodules.Select(s => (s.Name, s.Module));

            /// <summary>All modules below, this one not among them, depth first.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules() =>
                submodules.SelectMany(s => s.Module.named_modules().Select(m => ($"{s.Name}.{m.name}", m.module)).Prepend((s.Name, s.Module)));

            /// <summary>Parameters by full name, in the order of registration; a shared parameter comes once.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
                return AllParameters(recurse).Where(p => seen.Add(p.Parameter));
            }

            /// <summary>Parameters, each once.</summary>
            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            /// <summary>The parameter of a full name; null where there is none.</summary>
            public virtual Parameter? get_parameter(string target) =>
                AllParameters(recurse: true).Where(p => p.Name == target).Select(p => p.Parameter).FirstOrDefault();

            /// <summary>Buffers by full name.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var own = ownBuffers.Where(b => include_nonpersistent || b.Persistent).Select(b => (b.Name, b.Buffer));
                if (!recurse) return own;
                return own.Concat(submodules.SelectMany(s =>
                    s.Module.named_buffers(true, include_nonpersistent).Select(b => ($"{s.Name}.{b.name}", b.buffer))));
            }

            /// <summary>Buffers.</summary>
            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(b => b.buffer);

            /// <summary>Parameters and persistent buffers by full name (the tensors themselves, not copies).</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                foreach (var (key, value) in named_parameters()) destination.TryAdd(prefix is null ? key : $"{prefix}.{key}", value);
                foreach (var (key, value) in named_buffers(true, false)) destination.TryAdd(prefix is null ? key : $"{prefix}.{key}", value);
                return destination;
            }

            /// <summary>Copies values in by name.</summary>
            /// <exception cref="InvalidOperationException">Strict, and a name is missing or unexpected.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                var target = state_dict();
                var missing = target.Keys.Where(k => !source.ContainsKey(k) && skip?.Contains(k) != true).ToList();
                var unexpected = source.Keys.Where(k => !target.ContainsKey(k) && skip?.Contains(k) != true).ToList();
                if (strict && missing.Count + unexpected.Count > 0)
                {
                    throw new InvalidOperationException(
                        $"The state does not fit '{name}': missing [{string.Join(", ", missing)}], unexpected [{string.Join(", ", unexpected)}].");
                }

                using var noGrad = no_grad();
                foreach (var (key, value) in target)
                {
                    if (source.TryGetValue(key, out var given) && skip?.Contains(key) != true) value.copy_(given);
                }

                return (missing, unexpected);
            }

            /// <summary>Switches the module and all below to training or evaluation.</summary>
            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var child in children()) child.train(train);
            }

            /// <summary>Switches the module and all below to evaluation.</summary>
            public virtual void eval() => train(false);

            /// <summary>Clears the gradients, or fills them with zeros.</summary>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters()) ClearGradient(parameter, set_to_none);
            }

            /// <summary>Runs <paramref name="fn"/> on every module below and then on this one.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                foreach (var child in children()) child.apply(fn);
                fn(this);
                return this;
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Frees parameters, buffers and modules below.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing) return;
                foreach (var (_, parameter) in ownParameters) parameter.Dispose();
                foreach (var (_, buffer, _) in ownBuffers) buffer.Dispose();
                foreach (var (_, module) in submodules) module.Dispose();
            }

            internal static void ClearGradient(Parameter parameter, bool setToNone)
            {
                if (setToNone)
                {
                    parameter.grad = null;
                    return;
                }

                using var gradient = parameter.grad;
                gradient?.zero_();
            }

            /// <summary>Moves parameters and floating-point buffers; the parameters stay the same objects.</summary>
            internal void Move(Device? device, ScalarType? dtype)
            {
                foreach (var tensor in parameters().Concat(buffers()))
                {
                    var type = tensor.is_floating_point() ? dtype ?? tensor.dtype : tensor.dtype;
                    using var moved = tensor.detach().to(type, device ?? tensor.device);
                    tensor.SetData(moved);
                }
            }

            private IEnumerable<(string Name, Parameter Parameter)> AllParameters(bool recurse) => !recurse
                ? ownParameters
                : ownParameters.Concat(submodules.SelectMany(s => s.Module.AllParameters(true).Select(p => ($"{s.Name}.{p.Name}", p.Parameter))));

            private bool Registered(string key) =>
                submodules.Any(s => s.Name == key) || ownParameters.Any(p => p.Name == key) || ownBuffers.Any(b => b.Name == key);

            private void CheckNew(string key)
            {
                if (Registered(key)) throw new ArgumentException($"'{name}' has a component '{key}' already.", nameof(key));
            }
        }

        /// <summary>A module of one input.</summary>
        public abstract class Module<T, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T input);

            /// <summary>Runs <see cref="forward"/>.</summary>
            public TResult call(T input) => forward(input);
        }

        /// <summary>A module of two inputs.</summary>
        public abstract class Module<T1, T2, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T1 input1, T2 input2);

            /// <summary>Runs <see cref="forward"/>.</summary>
            public TResult call(T1 input1, T2 input2) => forward(input1, input2);
        }

        /// <summary>A module of three inputs.</summary>
        public abstract class Module<T1, T2, T3, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T1 input1, T2 input2, T3 input3);

            /// <summary>Runs <see cref="forward"/>.</summary>
            public TResult call(T1 input1, T2 input2, T3 input3) => forward(input1, input2, input3);
        }
    }
}

/// <summary>Moves that keep a module's own type.</summary>
public static class ModuleExtensionMethods
{
    /// <summary>Moves parameters and buffers to a device, in place.</summary>
    public static T to<T>(this T module, torch.Device device, bool non_blocking = false)
        where T : torch.nn.Module
    {
        module.Move(device, null);
        return module;
    }

    /// <summary>Converts floating-point parameters and buffers, in place.</summary>
    public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false)
        where T : torch.nn.Module
    {
        module.Move(null, type);
        return module;
    }
}
