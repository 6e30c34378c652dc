using Lhts.Models.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Sampling.Tests;

/// <summary>Small models with weights large enough that their distributions are far from uniform.</summary>
internal static class TestModels
{
    public const int EndOfText = 12;

    public static Gpt2 Make(TemperatureConditioning conditioning = TemperatureConditioning.None)
    {
        var model = new Gpt2(
            new Gpt2Config
            {
                NumLayers = 2, EmbeddingSize = 16, NumHeads = 2, VocabularySize = 13, NumPositions = 24, InitializerRange = 0.5,
                EndOfText = EndOfText, TemperatureConditioning = conditioning,
            },
            new Generator(11));
        using var noGrad = no_grad();
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (name == "temperature.weight") parameter.normal_(0, conditioning == TemperatureConditioning.LayerNorms ? 0.1 : 1, new Generator(12));
        }

        return model;
    }
}
