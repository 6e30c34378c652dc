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
    /// <returns>B tokens with their log-probs, which are NaN for a row whose logits make no distribution; its token means nothing.</returns>
    public static ChosenTokens Choose(Tensor logits, double[] uniforms, SamplingOptions options)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        if (options.Temperature == 0) return Likeliest(logits);

        var scaled = logits.to(ScalarType.Float64); // (B, V)
        if (options.Temperature != 1) scaled = scaled / options.Temperature;
        if (options.TopK < logits.shape[1]) scaled = KeepTopK(scaled, options.TopK.Value);
        var probabilities = scaled.softmax(-1); // (B, V)
        return options.TopP < 1 ? DrawTopP(probabilities, uniforms, options.TopP) : CumulativeSearch.Find(probabilities, uniforms);
    }

    private static ChosenTokens Likeliest(Tensor logits)
    {
        var chosen = logits.argmax(-1, keepdim: true); // (B, 1); a NaN counts as the greatest, of infinities the first
        var values = logits.gather(1, chosen).squeeze(1).to(ScalarType.Float32); // (B)
        var logProbs = Array.ConvertAll(values.cpu().data<float>().ToArray(), value => float.IsFinite(value) ? 0 : float.NaN);
        return new ChosenTokens(chosen.squeeze(1).cpu().data<long>().ToArray(), logProbs);
    }

    /// <summary>Tokens as likely as the k-th are all kept.</summary>
    private static Tensor KeepTopK(Tensor scaled, int k)
    {
        var (values, _) = scaled.topk(k);
        var smallest = values.narrow(1, k - 1, 1); // (B, 1)
        return scaled.masked_fill(scaled.lt(smallest), double.NegativeInfinity);
    }

    private static ChosenTokens DrawTopP(Tensor probabilities, double[] uniforms, double topP)
    {
        var (sorted, order) = probabilities.sort(-1, descending: true); // (B, V) both
        // A token stays as long as those before it have not reached topP; the first one always does.
        var isBeyond = (sorted.cumsum(-1) - sorted).ge(topP);
        var (places, logProbs) = CumulativeSearch.Find(sorted.masked_fill(isBeyond, 0.0), uniforms);
        var tokens = order.gather(1, tensor(places, device: order.device).unsqueeze(1)); // (B, 1)
        return new ChosenTokens(tokens.squeeze(1).cpu().data<long>().ToArray(), logProbs);
    }
}
