using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Normalisation of groups of channels; weight 1 and bias 0 at the start.</summary>
        public static GroupNorm GroupNorm(long num_groups, long num_channels, double eps = 1E-05, bool affine = true, Device? device = null, ScalarType? dtype = null) => new(
            num_groups,
            eps,
            affine ? new Parameter(ones([num_channels], dtype, device)) : null,
            affine ? new Parameter(zeros([num_channels], dtype, device)) : null);

        /// <summary>A convolution along one dimension, initialised uniformly within 1/sqrt(inputs of one output) (PyTorch's default).</summary>
        public static Conv1d Conv1d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
        {
            var (weight, offset) = Kernel(in_channels, out_channels, [kernel_size], padding_mode, groups, bias, device, dtype);
            return new Conv1d(weight, offset, [stride], [padding], [dilation], groups);
        }

        /// <summary>A convolution of planes with a square kernel, initialised as <see cref="Conv1d"/>.</summary>
        public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null)
        {
            var (weight, offset) = Kernel(in_channels, out_channels, [kernel_size, kernel_size], padding_mode, groups, bias, device, dtype);
            return new Conv2d(weight, offset, [stride, stride], [padding, padding], [dilation, dilation], groups);
        }

        private static (Parameter Weight, Parameter? Bias) Kernel(
            long inputs, long outputs, long[] size, PaddingModes mode, long groups, bool hasBias, Device? device, ScalarType? dtype)
        {
            if (mode != PaddingModes.Zeros) throw new NotSupportedException($"Convolution: padding mode {mode} is not supported.");
            if (inputs % groups != 0 || outputs % groups != 0)
            {
                throw new ArgumentException($"Convolution: {inputs} input and {outputs} output channels do not divide into {groups} groups.");
            }

            using var scope = NewDisposeScope();
            var bound = 1 / Math.Sqrt(size.Aggregate(inputs / groups, (a, b) => a * b));
            var weight = new Parameter(init.uniform_(empty([outputs, inputs / groups, .. size], dtype, device), -bound, bound));
            return (weight, hasBias ? new Parameter(init.uniform_(empty([outputs], dtype, device), -bound, bound)) : null);
        }
    }
}
