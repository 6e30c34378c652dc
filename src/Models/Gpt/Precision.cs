using Lhts.Extensions;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>What a model's matrix products are made in. Weights, their gradients, norms, residuals, softmax and losses are float32 in any case.</summary>
public enum Precision
{
    /// <summary>32 bits.</summary>
    Float32,

    /// <summary>Factors of 16 bits, 8 of them of the fraction.</summary>
    Bfloat16,
}

/// <summary>What a precision means to a forward pass.</summary>
internal static class PrecisionExtensions
{
    /// <summary>Opens a region whose products are made so; null for float32, which needs none.</summary>
    public static Autocast? Open(this Precision precision, Device device) =>
        precision == Precision.Bfloat16 ? new Autocast(device.type, ScalarType.BFloat16) : null;

    /// <summary>
    /// A product's result for what follows it in float32: on the CPU widened, for attention and GELU by this project's kernels; elsewhere as it is.
    /// </summary>
    public static Tensor Widened(this Tensor product) =>
        product.dtype == ScalarType.BFloat16 && product.device_type == DeviceType.CPU ? product.to(ScalarType.Float32) : product;
}
