using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>
/// The initial weights of Hugging Face's GPT-2: normal with the configured deviation, the two maps that write to the residual stream
/// divided by the square root of their number, 2 * layers (Radford et al. 2019, section 2.3); biases zero, gains one.
/// </summary>
internal static class Gpt2Initialisation
{
    public static void Apply(Gpt2 model, Generator? generator)
    {
        using var noGrad = no_grad();
        var deviation = model.Config.InitializerRange;
        var residual = deviation / Math.Sqrt(2.0 * model.Config.NumLayers);
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (WeightPath.IsRandom(name)) WeightPath.Draw(parameter, generator);
            else if (Gpt2Tensors.IsOfTheStudent(name)) parameter.zero_();
            else if (name.EndsWith(".bias", StringComparison.Ordinal)) parameter.zero_();
            else if (name.Contains("ln_", StringComparison.Ordinal)) parameter.fill_(1.0);
            else if (name.EndsWith("c_proj.weight", StringComparison.Ordinal)) parameter.normal_(0, residual, generator);
            else parameter.normal_(0, deviation, generator);
        }
    }
}
