using Lhts.Models.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Sampling.Benchmarks;

/// <summary>Three blocks of width 128 over 70 characters, with random weights, and a training step of it.</summary>
internal static class CharacterModel
{
    public const int NumRows = 64;
    public const int Length = 128;

    /// <summary>The shape of GPT-2 small with random weights, and a short context.</summary>
    public static Gpt2 MakeSmallGpt2() => new(
        new Gpt2Config
        {
            NumLayers = 12, EmbeddingSize = 768, NumHeads = 12, VocabularySize = 50_257, NumPositions = 17,
            EmbeddingDropout = 0, ResidualDropout = 0, AttentionDropout = 0, InitializerRange = 0.1,
        },
        new Generator(1));

    public static Gpt2 Make()
    {
        var config = new Gpt2Config
        {
            NumLayers = 3, EmbeddingSize = 128, NumHeads = 4, VocabularySize = 70, NumPositions = Length + 1,
            EmbeddingDropout = 0, ResidualDropout = 0, AttentionDropout = 0, InitializerRange = 0.1,
        };
        return new Gpt2(config, new Generator(1));
    }

    /// <summary>Forward and backward of the mean log-likelihood of 64 sequences of 128 characters.</summary>
    public static void TrainStep(Gpt2 model)
    {
        using var scope = NewDisposeScope();
        var tokens = arange(NumRows * (Length + 1)).remainder(70).view(NumRows, Length + 1); // (B, L+1)
        var logits = model.forward(tokens.narrow(1, 0, Length)); // (B, L, V)
        var targets = tokens.narrow(1, 1, Length).reshape(-1); // (B*L)
        nn.functional.cross_entropy(logits.view(-1, 70), targets).backward();
        foreach (var parameter in model.parameters()) parameter.grad = null;
    }
}
