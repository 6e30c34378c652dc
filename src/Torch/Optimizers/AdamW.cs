using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019), updating all parameters of a group in
/// one pass over memory (on the CPU), in libtorch's own fused kernel (on CUDA, where it has one), else with one operator call for each step of the formula.
/// Arithmetic as in PyTorch's AdamW.
/// </summary>
public class AdamW : optim.Optimizer
{
    private readonly Options defaults;
    private readonly Dictionary<Parameter, State> states = new(ReferenceEqualityComparer.Instance);

    public AdamW(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0,
        bool amsgrad = false, bool maximize = false)
        : this([new ParamGroup(parameters, new Options())], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
    {
    }

    public AdamW(IEnumerable<ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08, double weight_decay = 0,
        bool amsgrad = false, bool maximize = false)
    {
        if (amsgrad || maximize) throw new NotSupportedException("AdamW: amsgrad and maximize are not supported.");
        ArgumentOutOfRangeException.ThrowIfNegative(lr);
        ArgumentOutOfRangeException.ThrowIfNegative(eps);
        ArgumentOutOfRangeException.ThrowIfNegative(weight_decay);
        defaults = new Options { LearningRate = lr, InitialLearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay };
        foreach (var group in parameters) add_param_group(group);
    }

    /// <summary>Adds a group; settings that it leaves open are the optimizer's.</summary>
    public void add_param_group(TorchSharp.Modules.ParamGroup param_group)
    {
        var options = ((ParamGroup)param_group).Options;
        options.LearningRate ??= defaults.LearningRate;
        options.InitialLearningRate = options.LearningRate!.Value;
        options.beta1 ??= defaults.beta1;
        options.beta2 ??= defaults.beta2;
        options.eps ??= defaults.eps;
        options.weight_decay ??= defaults.weight_decay;
        param_group.Parameters = param_group.Parameters.ToArray();
        _parameter_groups.Add(param_group);
        foreach (var parameter in param_group.Parameters) states.Add(parameter, new State(parameter));
    }

    /// <inheritdoc/>
    public override Tensor? step(Func<Tensor>? closure = null)
    {
        Tensor? loss = null;
        if (closure is not null)
        {
            using var grad = enable_grad();
            loss = closure();
        }

        using var noGrad = no_grad();
        foreach (var group in _parameter_groups) Update((ParamGroup)group);
        return loss;
    }

    /// <summary>Options by group and state by parameter; the tensors are the optimizer's own.</summary>
    public virtual StateDictionary state_dict()
    {
        var result = new StateDictionary();
        foreach (var group in _parameter_groups)
        {
            result.Options.Add(group.Options);
            var indices = new List<int>();
            foreach (var parameter in group.Parameters)
            {
                indices.Add(result.State.Count);
                result.State.Add(states[parameter].Started());
            }

            result.StateIndexRef.Add(indices);
        }

        return result;
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        foreach (var state in states.Values) state.Dispose();
    }

    private void Update(ParamGroup group)
    {
        using var scope = NewDisposeScope();
        var pairs = group.Parameters.Select(p => (Parameter: p, Gradient: p.grad, State: states[p])).Where(p => p.Gradient is not null).ToList();
        foreach (var sameStep in pairs.GroupBy(p => p.State.step))
        {
            Update(
                group.Options,
                [.. sameStep.Select(p => p.Parameter)],
                [.. sameStep.Select(p => p.Gradient!)],
                [.. sameStep.Select(p => p.State.Started())]);
        }
    }

    private static void Update(Options options, Tensor[] parameters, Tensor[] gradients, State[] states)
    {
        var averages = Array.ConvertAll(states, s => s.exp_avg);
        var squares = Array.ConvertAll(states, s => s.exp_avg_sq);
        var step = ++states[0].step;
        foreach (var state in states) state.step = step;
        var settings = new AdamWStep
        {
            LearningRate = options.LearningRate!.Value,
            Beta1 = options.beta1!.Value,
            Beta2 = options.beta2!.Value,
            Epsilon = options.eps!.Value,
            WeightDecay = options.weight_decay!.Value,
            Step = step,
        };
        if (FusedUpdate.TryAdamW(parameters, gradients, averages, squares, settings)) return;
        if (parameters[0].is_cuda && TryFusedOperator(parameters, gradients, averages, squares, settings)) return;
        UpdateByOperators(parameters, gradients, averages, squares, settings);
    }

    /// <summary>libtorch's own update in one kernel; false, with nothing changed, where it has none or a gradient is not laid out as its parameter.</summary>
    internal static bool TryFusedOperator(Tensor[] parameters, Tensor[] gradients, Tensor[] averages, Tensor[] squares, in AdamWStep settings)
    {
        var device = parameters[0].device;
        bool Fits(Tensor tensor) => tensor.is_contiguous() && (tensor.device_type, tensor.device.index) == (device.type, device.index);
        if (!Op.fused_adamw_.Exists || !parameters.Concat(gradients).All(Fits)) return false;
        using var step = full([], settings.Step, ScalarType.Float32, device); // read only, so one serves all
        Op.fused_adamw_.Run(
            parameters, gradients, averages, squares, Array.Empty<Tensor>(), Array.ConvertAll(parameters, _ => step),
            settings.LearningRate, settings.Beta1, settings.Beta2, settings.WeightDecay, settings.Epsilon, false, false);
        return true;
    }

    /// <summary>The formula with one operator call for each of its steps, for devices and types that the fused update does not take.</summary>
    internal static void UpdateByOperators(Tensor[] parameters, Tensor[] gradients, Tensor[] averages, Tensor[] squares, in AdamWStep settings)
    {
        var (lr, beta1, beta2) = (settings.LearningRate, settings.Beta1, settings.Beta2);
        if (settings.WeightDecay > 0) Op.foreach_mul_scalar_.Run(parameters, 1 - (lr * settings.WeightDecay));
        Op.foreach_mul_scalar_.Run(averages, beta1);
        Op.foreach_add_.Run(averages, gradients, 1 - beta1);
        Op.foreach_mul_scalar_.Run(squares, beta2);
        Op.foreach_addcmul_.Run(squares, gradients, gradients, 1 - beta2);

        var correction1 = 1 - Math.Pow(beta1, settings.Step);
        var correction2 = Math.Sqrt(1 - Math.Pow(beta2, settings.Step));
        var denominators = Op.foreach_sqrt.CallList(squares);
        Op.foreach_div_scalar_.Run(denominators, correction2);
        Op.foreach_add_scalar_.Run(denominators, settings.Epsilon);
        Op.foreach_addcdiv_.Run(parameters, averages, denominators, -lr / correction1);
    }

    /// <summary>Settings of a group.</summary>
    public class Options : OptimizerOptions
    {
        public double? beta1;
        public double? beta2;
        public double? weight_decay;
        public double? eps;
    }

    /// <summary>Parameters that share settings.</summary>
    public class ParamGroup : ParamGroup<Options>
    {
        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
            : base(parameters, options)
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1E-08,
            double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : this(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay })
        {
        }
    }

    /// <summary>Step count and running means of gradient and squared gradient, of the parameter's shape.</summary>
    public sealed class State(Parameter parameter) : OptimizerState(parameter), IDisposable
    {
        public long step;
        public Tensor exp_avg = null!;
        public Tensor exp_avg_sq = null!;

        public void Dispose()
        {
            exp_avg?.Dispose();
            exp_avg_sq?.Dispose();
        }

        /// <summary>This state with its tensors made.</summary>
        internal State Started()
        {
            exp_avg ??= zeros_like(Parameter).DetachFromDisposeScope();
            exp_avg_sq ??= zeros_like(Parameter).DetachFromDisposeScope();
            return this;
        }
    }
}
