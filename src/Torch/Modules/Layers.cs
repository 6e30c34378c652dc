using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>y = x W^T + b. W: (out, in), b: (out).</summary>
public sealed class Linear : nn.Module<Tensor, Tensor>
{
    private readonly Parameter? bias_;
    private readonly Parameter weight_;

    internal Linear(Parameter weight, Parameter? bias)
        : base(nameof(Linear))
    {
        (weight_, bias_) = (weight, bias);
        register_parameter("weight", weight);
        if (bias is not null) register_parameter("bias", bias);
    }

    public Parameter weight => weight_;

    public Parameter? bias => bias_;

    public long in_features => weight_.size(1);

    public long out_features => weight_.size(0);

    public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight_, bias_);
}

/// <summary>Rows of a table by index. Table: (num_embeddings, embedding_dims).</summary>
public sealed class Embedding : nn.Module<Tensor, Tensor>
{
    internal Embedding(Parameter weight)
        : base(nameof(Embedding))
    {
        this.weight = weight;
        register_parameter("weight", weight);
    }

    public Parameter weight { get; }

    public override Tensor forward(Tensor input) => Op.embedding.Call(weight, input);
}

/// <summary>Normalises the last dimensions to mean 0 and variance 1, then scales and shifts.</summary>
public sealed class LayerNorm : nn.Module<Tensor, Tensor>
{
    internal LayerNorm(long[] normalizedShape, double eps, Parameter? weight, Parameter? bias)
        : base(nameof(LayerNorm))
    {
        (normalized_shape, this.eps, this.weight, this.bias) = (normalizedShape, eps, weight, bias);
        if (weight is not null) register_parameter("weight", weight);
        if (bias is not null) register_parameter("bias", bias);
    }

    public long[] normalized_shape { get; }

    public double eps { get; }

    public Parameter? weight { get; }

    public Parameter? bias { get; }

    public override Tensor forward(Tensor tensor) => nn.functional.layer_norm(tensor, normalized_shape, weight, bias, eps);
}

/// <summary>Modules by position.</summary>
public class ModuleList<T> : nn.Module, IEnumerable<T>
    where T : nn.Module
{
    private readonly List<T> items = [];

    public ModuleList(params T[] modules)
        : base(nameof(ModuleList<T>))
    {
        foreach (var module in modules) Add(module);
    }

    public int Count => items.Count;

    public T this[int index] => items[index];

    public void Add(T item)
    {
        register_module(items.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), item);
        items.Add(item);
    }

    public IEnumerator<T> GetEnumerator() => items.GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>The Gaussian error linear unit.</summary>
public sealed class GELU : nn.Module<Tensor, Tensor>
{
    internal GELU(Approximate approximate)
        : base(nameof(GELU)) => this.approximate = approximate;

    /// <summary>Exact, or by the hyperbolic tangent as in GPT-2.</summary>
    public enum Approximate
    {
        none = 0,
        tanh = 1,
    }

    public Approximate approximate { get; set; }

    public override Tensor forward(Tensor tensor) => nn.functional.gelu(tensor, approximate);
}
