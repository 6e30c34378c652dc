using Lhts.Sampling.Processors;
using static TorchSharp.torch;

namespace Lhts.Sampling;

// B rows, V vocabulary.

/// <summary>Turns the logits of the next token into a token: the processors of the options, then the inverse of the cumulative distribution.</summary>
public static class TokenChooser
{
    /// <summary>Chooses one token for each row.</summary>
    /// <param name="logits">(B, V).</param>
    /// <param name="uniforms">B numbers in [0, 1), one for each row; not used at temperature 0.</param>
    /// <param name="options">Temperature and its relatives.</param>
    /// <param name="histories">B rows' tokens so far, for penalties and schedules. Default: none, rows that begin.</param>
    /// <returns>B tokens with their log-probs, which are NaN for a row whose logits make no distribution; its token means nothing.</returns>
    public static ChosenTokens Choose(
        Tensor logits, double[] uniforms, SamplingOptions options, IReadOnlyList<ITokenHistory>? histories = null) =>
        Choose(logits, uniforms, new LogitProcessors(options), histories ?? [.. uniforms.Select(_ => new TokenHistory([], 0))]);

    /// <summary>Chooses with processors that were made before.</summary>
    internal static ChosenTokens Choose(Tensor logits, double[] uniforms, LogitProcessors processors, IReadOnlyList<ITokenHistory> histories)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        if (processors.IsGreedy) return Likeliest(logits);
        return CumulativeSearch.Find(processors.Apply(logits, histories).softmax(-1), uniforms);
    }

    private static ChosenTokens Likeliest(Tensor logits)
    {
        var chosen = logits.argmax(-1, keepdim: true); // (B, 1); a NaN counts as the greatest, of equals the first
        var values = logits.gather(1, chosen).squeeze(1).to(ScalarType.Float32); // (B)
        var logProbs = Array.ConvertAll(values.cpu().data<float>().ToArray(), value => float.IsFinite(value) ? 0 : float.NaN);
        return new ChosenTokens(chosen.squeeze(1).cpu().data<long>().ToArray(), logProbs);
    }
}
