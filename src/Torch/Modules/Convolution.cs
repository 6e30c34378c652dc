using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A convolution. Weight: (O, C/groups, kernel), bias: (O).</summary>
public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    private protected Convolution(string name, Parameter weight, Parameter? bias, long[] stride, long[] padding, long[] dilation, long groups)
        : base(name)
    {
        (this.weight, this.bias, this.stride, this.padding, this.dilation, this.groups) = (weight, bias, stride, padding, dilation, groups);
        register_parameter("weight", weight);
        if (bias is not null) register_parameter("bias", bias);
    }

    public Parameter weight { get; }

    public Parameter? bias { get; }

    public long in_channels => weight.size(1) * groups;

    public long out_channels => weight.size(0);

    public long[] kernel_size => weight.shape[2..];

    public long[] stride { get; }

    public long[] padding { get; }

    public long[] dilation { get; }

    public long groups { get; }
}

/// <summary>A convolution along one dimension: (B, C, L) -> (B, O, L').</summary>
public sealed class Conv1d : Convolution
{
    internal Conv1d(Parameter weight, Parameter? bias, long[] stride, long[] padding, long[] dilation, long groups)
        : base(nameof(Conv1d), weight, bias, stride, padding, dilation, groups)
    {
    }

    public override Tensor forward(Tensor input) => nn.functional.conv1d(input, weight, bias, stride[0], padding[0], dilation[0], groups);
}

/// <summary>A convolution of planes: (B, C, H, W) -> (B, O, H', W').</summary>
public sealed class Conv2d : Convolution
{
    internal Conv2d(Parameter weight, Parameter? bias, long[] stride, long[] padding, long[] dilation, long groups)
        : base(nameof(Conv2d), weight, bias, stride, padding, dilation, groups)
    {
    }

    public override Tensor forward(Tensor input) => nn.functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
}

/// <summary>Normalises each group of channels over itself and all positions, then scales and shifts each channel.</summary>
public sealed class GroupNorm : nn.Module<Tensor, Tensor>
{
    internal GroupNorm(long numGroups, double eps, Parameter? weight, Parameter? bias)
        : base(nameof(GroupNorm))
    {
        (num_groups, this.eps, this.weight, this.bias) = (numGroups, eps, weight, bias);
        if (weight is not null) register_parameter("weight", weight);
        if (bias is not null) register_parameter("bias", bias);
    }

    public long num_groups { get; }

    public double eps { get; }

    public bool affine => weight is not null;

    public Parameter? weight { get; }

    public Parameter? bias { get; }

    public override Tensor forward(Tensor tensor) => nn.functional.group_norm(tensor, num_groups, weight, bias, eps);
}
