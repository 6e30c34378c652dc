using static TorchSharp.torch;

namespace Lhts.Sampling.Processors;

/// <summary>The tokens that rows have had, as places in their scores, so that all rows are changed at once.</summary>
internal static class SeenTokens
{
    /// <summary>Replaces the scores of tokens that a row has had.</summary>
    /// <param name="scores">(B, V).</param>
    /// <param name="histories">B rows.</param>
    /// <param name="withPrompt">Whether the prompt's tokens count.</param>
    /// <param name="change">The new scores of N places, from their old ones and the tokens' counts, (N) both.</param>
    public static Tensor Change(Tensor scores, IReadOnlyList<ITokenHistory> histories, bool withPrompt, Func<Tensor, Tensor, Tensor> change)
    {
        var (places, counts) = (new List<long>(), new List<double>());
        for (var row = 0; row < histories.Count; row++)
        {
            var history = histories[row];
            foreach (var (token, count) in history.Tokens.Skip(withPrompt ? 0 : history.PromptLength).CountBy(token => token))
            {
                places.Add((row * scores.shape[1]) + token);
                counts.Add(count);
            }
        }

        if (places.Count == 0) return scores;
        var changed = scores.contiguous().clone().view(-1); // (B*V)
        var index = tensor(places.ToArray(), device: scores.device); // (N)
        changed.index_copy_(0, index, change(changed.index_select(0, index), tensor(counts.ToArray(), device: scores.device)));
        return changed.view(scores.shape);
    }
}
