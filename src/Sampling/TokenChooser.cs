using static TorchSharp.torch;

namespace Lhts.Sampling;

// B rows, V vocabulary.

/// <summary>Turns the logits of the next token into a token: temperature, top-k, top-p, then the inverse of the cumulative distribution.</summary>
public static class TokenChooser
{
    /// <summary>Chooses one token for each row.</summary>
    /// <param name="logits">(B, V).</param>
    /// <param name="uniforms">B numbers in [0, 1), one for each row; not used at temperature 0.</param>
    /// <param name="options">Temperature, top-k and top-p.</param>
    /// <returns>B tokens.</returns>
    public static long[] Choose(Tensor logits, double[] uniforms, SamplingOptions options)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        if (options.Temperature == 0) return ToArray(logits.argmax(-1));

        var scaled = logits.to(ScalarType.Float64) / options.Temperature; // (B, V)
        if (options.TopK < logits.shape[1]) scaled = KeepTopK(scaled, options.TopK.Value);
        var draws = tensor(uniforms, device: logits.device).unsqueeze(1); // (B, 1)
        var probabilities = scaled.softmax(-1); // (B, V)
        return ToArray(options.TopP < 1 ? DrawTopP(probabilities, draws, options.TopP) : Draw(probabilities, draws).squeeze(1));
    }

    /// <summary>Tokens as likely as the k-th are all kept.</summary>
    private static Tensor KeepTopK(Tensor scaled, int k)
    {
        var (values, _) = scaled.topk(k);
        var smallest = values.narrow(1, k - 1, 1); // (B, 1)
        return scaled.masked_fill(scaled.lt(smallest), double.NegativeInfinity);
    }

    private static Tensor DrawTopP(Tensor probabilities, Tensor draws, double topP)
    {
        var (sorted, order) = probabilities.sort(-1, descending: true); // (B, V) both
        // A token stays as long as those before it have not reached topP; the first one always does.
        var isBeyond = (sorted.cumsum(-1) - sorted).ge(topP);
        var kept = sorted.masked_fill(isBeyond, 0.0);
        return order.gather(1, Draw(kept, draws)).squeeze(1);
    }

    /// <summary>The first index whose cumulative weight exceeds the draw: (B, 1). Weights need not sum to one.</summary>
    private static Tensor Draw(Tensor weights, Tensor draws)
    {
        var cumulative = weights.cumsum(-1); // (B, V)
        var total = cumulative.narrow(1, cumulative.shape[1] - 1, 1); // (B, 1)
        return cumulative.le(draws * total).sum(1, keepdim: true); // (B, 1)
    }

    private static long[] ToArray(Tensor tokens) => tokens.cpu().data<long>().ToArray();
}
