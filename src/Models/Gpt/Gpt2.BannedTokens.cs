using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <content>Tokens that are never predicted.</content>
public sealed partial class Gpt2
{
    /// <summary>Added to a banned token's logit: its probability is zero in float32, and its log-probability finite, so that 0 * log 0 is no NaN.</summary>
    private const double BannedLogit = -1e9;

    private IReadOnlySet<int> bannedTokens = new HashSet<int>();
    private Tensor? banned; // (V), 0 or BannedLogit; null when nothing is banned

    /// <summary>
    /// Tokens whose logits are 1e9 lower: ids that no token of the tokenizer has, or end-of-text where lengths are fixed. Default: those of the
    /// configuration, into which they are written back.
    /// </summary>
    /// <exception cref="ArgumentException">A token that the vocabulary does not have, or all of them.</exception>
    public IReadOnlySet<int> BannedTokens
    {
        get => bannedTokens;
        set
        {
            var config = Config with { BannedTokens = value.Count == 0 ? null : [.. value.Order()] };
            if (Gpt2ConfigCheck.Faults(config).FirstOrDefault() is { } fault) throw new ArgumentException($"BannedTokens: {fault}.", nameof(value));
            bannedTokens = value.ToHashSet();
            Config = config;
            banned?.Dispose();
            banned = null;
        }
    }

    /// <summary>The output layer's bias, (V), which belongs to the model; <see langword="null"/> where no token is banned.</summary>
    public Tensor? OutputBias => BannedBias();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) banned?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The output layer's bias, (V), made when it is first needed on a device; <see langword="null"/> when nothing is banned.</summary>
    private Tensor? BannedBias()
    {
        if (bannedTokens.Count == 0) return null;
        var like = TokenEmbedding;
        if (banned is not null && (banned.device.type, banned.device.index, banned.dtype) == (like.device.type, like.device.index, like.dtype)) return banned;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        banned?.Dispose();
        var bias = new float[Config.VocabularySize];
        foreach (var token in bannedTokens) bias[token] = (float)BannedLogit;
        return banned = tensor(bias).to(like.dtype, like.device).DetachFromDisposeScope();
    }
}
