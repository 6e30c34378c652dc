using System.Text.Json.Serialization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>What logits are divided by at a long-horizon temperature.</summary>
/// <param name="Temperature">The long-horizon temperature T, above 0.</param>
/// <param name="Tau">The divisor, above 0; of a student that starts well the best myopic temperature for T.</param>
public readonly record struct OutputTemperature(
    [property: JsonPropertyName("temperature")] double Temperature, [property: JsonPropertyName("tau")] double Tau);

/// <summary>
/// The scale of a student's logits: <c>exp(s) / tau(T)</c>, 1/tau being linear in 1/T between the given temperatures and constant beyond them, s being
/// learned and zero at first. It multiplies the last hidden states, so that the output layer stays a plain linear map.
/// </summary>
internal sealed class OutputScale : nn.Module
{
    /// <summary>The module's name in the model.</summary>
    public const string ModuleName = "output";

    /// <summary>The learned part among the model's parameters.</summary>
    public const string ParameterName = ModuleName + "." + nameof(log_scale);

    private readonly Parameter log_scale; // (1)
    private readonly (double Inverse, double Scale)[] knots; // 1/T rising, 1/tau

    public OutputScale(IEnumerable<OutputTemperature> temperatures)
        : base(nameof(OutputScale))
    {
        knots = [.. temperatures.Select(pair => (1 / pair.Temperature, 1 / pair.Tau)).Order()];
        log_scale = new Parameter(zeros([1]));
        register_parameter(nameof(log_scale), log_scale);
    }

    /// <summary>The scale of all rows at one temperature: (1).</summary>
    public Tensor At(double temperature) => log_scale.exp() * Given(temperature);

    /// <summary>The scales of rows at temperatures of their own: (B) → (B, 1, 1).</summary>
    public Tensor At(Tensor temperatures)
    {
        var inverse = temperatures.to(log_scale.dtype).reciprocal(); // (B)
        var scale = zeros_like(inverse) + knots[0].Scale;
        foreach (var (left, right) in knots.Zip(knots.Skip(1)))
        {
            var slope = (right.Scale - left.Scale) / (right.Inverse - left.Inverse);
            scale = scale + (inverse.clamp(left.Inverse, right.Inverse) - left.Inverse) * slope;
        }

        return (log_scale.exp() * scale).view(-1, 1, 1);
    }

    /// <summary>1 / tau(T), without what is learned; exact at the given temperatures.</summary>
    public double Given(double temperature)
    {
        var inverse = 1 / temperature;
        var next = Array.FindIndex(knots, knot => knot.Inverse >= inverse);
        if (next <= 0) return knots[next == 0 ? 0 : ^1].Scale;
        var (left, right) = (knots[next - 1], knots[next]);
        var share = (inverse - left.Inverse) / (right.Inverse - left.Inverse);
        return ((1 - share) * left.Scale) + (share * right.Scale);
    }
}
