using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Objectives;

/// <summary>
/// What a prefix adds to the log-partition of its future: a * f(hidden state, a), so that it is zero at T = 1. f is linear, or a layer of
/// GELUs before a linear one, and starts at zero.
/// </summary>
internal sealed class BaselineHead : IDisposable
{
    // AdamW moves each weight by up to its rate, and so a linear map by the rate times the sum of its inputs' sizes. A step that moves the head by
    // a quarter of a nat makes the weights worse and one of a nat loses them (benchmarks/exact, the long chain), so wide states are scaled to this sum.
    private const double MaxInputSum = 64;

    private readonly Linear? hidden;
    private readonly Linear output;

    /// <param name="hiddenSize">D of the teacher's hidden states.</param>
    /// <param name="width">GELUs; 0 for a linear head.</param>
    /// <param name="device">Where the parameters are.</param>
    public BaselineHead(long hiddenSize, long width, Device? device)
    {
        using var guard = no_grad();
        hidden = width > 0 ? nn.Linear(hiddenSize + 1, width, device: device) : null;
        output = nn.Linear(width > 0 ? width : hiddenSize + 1, 1, device: device);
        output.weight.zero_();
        output.bias!.zero_();
    }

    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters =>
    [
        .. hidden is null ? [] : NamesOf("head.hidden", hidden),
        .. NamesOf("head.output", output),
    ];

    /// <summary>(B, L, D) and (B, 1) to (B, L) float64.</summary>
    public Tensor Of(Tensor hiddenStates, Tensor exponents)
    {
        var (numSequences, length) = (hiddenStates.shape[0], hiddenStates.shape[1]);
        var states = hiddenStates.to(ScalarType.Float32); // (B, L, D)
        states = states * (MaxInputSum / states.abs().sum(dim: 2, keepdim: true).clamp_min(MaxInputSum));
        var exponent = exponents.to(ScalarType.Float32).unsqueeze(2).expand(numSequences, length, 1);
        var features = cat(new[] { states, exponent }, 2); // (B, L, D + 1)
        if (hidden is not null) features = nn.functional.gelu(hidden.forward(features)); // (B, L, width)
        return output.forward(features).squeeze(2).to(ScalarType.Float64) * exponents;
    }

    public void Dispose()
    {
        hidden?.Dispose();
        output.Dispose();
    }

    private static IEnumerable<(string, Parameter)> NamesOf(string name, Linear linear) =>
        [($"{name}.weight", linear.weight), ($"{name}.bias", linear.bias!)];
}
