using Lhts.Models.Gpt;
using Lhts.Sampling;
using static TorchSharp.torch;

namespace Lhts.Evaluation;

/// <summary>A token, where its embedding lies, and whether the model can repeat it.</summary>
/// <param name="Token">Its id.</param>
/// <param name="Distance">Of its embedding to the mean of all.</param>
/// <param name="Rank">Of itself in the model's prediction where it was asked to repeat it: 1 is the likeliest.</param>
/// <param name="LogProb">Its log-probability there, nats.</param>
public sealed record RepeatedToken(int Token, double Distance, int Rank, double LogProb)
{
    /// <summary>Whether the model, always taking the likeliest token, repeats it.</summary>
    public bool IsRepeated => Rank == 1;
}

/// <summary>
/// Finds tokens that training has hardly touched: those whose embeddings lie nearest to the mean of all, where random ones begin and weight decay leaves
/// them, and which the model cannot repeat when asked (Rumbelow and Watkins 2023; Land and Bartolo 2024, arXiv 2405.05417).
/// </summary>
/// <param name="model">The model; dropout is switched off while it runs.</param>
/// <param name="prompt">The prompt that asks to repeat a token: one that the token itself should follow.</param>
public sealed class AnomalousTokens(Gpt2 model, Func<int, int[]> prompt)
{
    private const int BatchSize = 64;

    /// <summary>The tokens nearest to the mean.</summary>
    /// <param name="numTokens">Tokens with a text: the first so many of the embedding.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellation">Ends the work between two batches.</param>
    /// <returns>By rising distance.</returns>
    public IReadOnlyList<RepeatedToken> Nearest(int numTokens, int count, CancellationToken cancellation = default)
    {
        var distances = Distances(numTokens);
        return Ask([.. Enumerable.Range(0, numTokens).OrderBy(token => distances[token]).Take(count)], distances, cancellation);
    }

    /// <summary>As many tokens at random, for comparison.</summary>
    /// <param name="numTokens">As with <see cref="Nearest"/>.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="cancellation">Ends the work between two batches.</param>
    public IReadOnlyList<RepeatedToken> AtRandom(int numTokens, int count, ulong seed, CancellationToken cancellation = default)
    {
        int[] tokens = [.. Enumerable.Range(0, numTokens).OrderBy(token => CounterRandom.Uniform(seed, token, 0)).Take(count)];
        return Ask(tokens, Distances(numTokens), cancellation);
    }

    private double[] Distances(int numTokens)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var embedding = model.TokenEmbedding.narrow(0, 0, numTokens).to(ScalarType.Float64); // (V, E)
        return (embedding - embedding.mean([0], keepdim: true)).square().sum(1).sqrt().cpu().data<double>().ToArray();
    }

    private List<RepeatedToken> Ask(int[] tokens, double[] distances, CancellationToken cancellation)
    {
        var wasTraining = model.training;
        model.eval();
        model.SetTemperature(1);
        try
        {
            var found = new List<RepeatedToken>();
            foreach (var batch in tokens.Chunk(BatchSize))
            {
                cancellation.ThrowIfCancellationRequested();
                found.AddRange(AskBatch(batch, distances));
            }

            return found;
        }
        finally
        {
            model.train(wasTraining);
        }
    }

    private IEnumerable<RepeatedToken> AskBatch(int[] tokens, double[] distances)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        int[][] prompts = [.. tokens.Select(prompt)];
        var length = prompts.Max(asked => asked.Length);
        var padded = new long[prompts.Length * length]; // on the right, with token 0
        for (var row = 0; row < prompts.Length; row++) Array.ConvertAll(prompts[row], token => (long)token).CopyTo(padded, row * length);
        var device = model.TokenEmbedding.device;
        var hidden = model.Hidden(tensor(padded, device: device).view(prompts.Length, length)); // (B, L, E)
        var last = tensor(prompts.Select((asked, row) => (long)((row * length) + asked.Length - 1)).ToArray(), device: device);
        var logProbs = model.Logits(hidden.reshape(-1, hidden.shape[2]).index_select(0, last)).to(ScalarType.Float64).log_softmax(-1); // (B, V)
        var own = logProbs.gather(1, tensor(Array.ConvertAll(tokens, token => (long)token), device: device).unsqueeze(1)); // (B, 1)
        var better = logProbs.gt(own).sum(1).cpu().data<long>().ToArray();
        var values = own.squeeze(1).cpu().data<double>().ToArray();
        return [.. tokens.Select((token, row) => new RepeatedToken(token, distances[token], (int)better[row] + 1, values[row]))];
    }
}
