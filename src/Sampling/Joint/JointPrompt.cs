using Lhts.Models.Gpt;
using static TorchSharp.torch;

namespace Lhts.Sampling.Joint;

/// <summary>What the methods without training ask of a prompt and of banned tokens.</summary>
internal static class JointPrompt
{
    /// <summary>Tokens to add to a prompt.</summary>
    /// <param name="config">Of the model whose tokens they are.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="most">Tokens to add at most; <see langword="null"/> for what the context takes.</param>
    /// <param name="otherContext">The context of a second model. Default: none.</param>
    /// <exception cref="ArgumentException">The prompt does not fit, or holds a token that the model does not have.</exception>
    public static int NumNewTokens(Gpt2Config config, int[] prompt, int? most, int? otherContext = null)
    {
        var context = Math.Min(config.NumPositions, otherContext ?? int.MaxValue);
        if (prompt.Length == 0 || prompt.Length >= context)
        {
            throw new ArgumentException($"The prompt has {prompt.Length} tokens; this model takes 1 to {context - 1} and adds to them.", nameof(prompt));
        }

        if (prompt.Any(token => token < 0 || token >= config.VocabularySize))
        {
            throw new ArgumentException(
                $"The prompt holds a token that is none of the model's, which are 0 to {config.VocabularySize - 1}.", nameof(prompt));
        }

        return Math.Min(most ?? context, context - prompt.Length);
    }

    /// <summary>(V): -infinity for banned tokens, 0 elsewhere; <see langword="null"/> where none is banned.</summary>
    public static Tensor? BannedMask(Gpt2 model, IReadOnlyList<int> banned)
    {
        if (banned.Count == 0) return null;
        var values = new double[model.Config.VocabularySize];
        foreach (var token in banned) values[token] = double.NegativeInfinity;
        return tensor(values, device: model.TokenEmbedding.device);
    }
}
