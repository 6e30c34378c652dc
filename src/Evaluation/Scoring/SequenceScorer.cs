using Lhts.Models.Gpt;
using static TorchSharp.torch;

namespace Lhts.Evaluation;

// B rows, L tokens, E width, V vocabulary, N positions scored at a time.

/// <summary>Computes a model's log-probabilities of given sequences, in batches of similar length.</summary>
/// <param name="model">The model; dropout is switched off while it scores.</param>
/// <param name="tokensPerBatch">Tokens of a batch, padding included; a longer sequence is a batch by itself. Default: 8192.</param>
public sealed class SequenceScorer(Gpt2 model, int tokensPerBatch = 8192)
{
    /// <summary>Largest number of logits held at a time: 64 MiB of float32, whatever the vocabulary.</summary>
    private const long MaxLogits = 1 << 24;

    /// <summary>Myopic temperature of each token's distribution, above 0. Default 1.</summary>
    public double MyopicTemperature { get; init; } = 1;

    /// <summary>Scores each sequence from its second token on.</summary>
    /// <param name="sequences">Token arrays of 1 token to the model's context; a single token has nothing to score.</param>
    /// <param name="temperature">Long-horizon temperature for a student that knows temperatures; <see langword="null"/> for 1.</param>
    /// <param name="progress">Told how many sequences are done after each batch.</param>
    /// <param name="cancellation">Ends the work between two batches.</param>
    /// <returns>The scores in the order of the sequences.</returns>
    /// <exception cref="ArgumentException">A sequence is empty, too long, or holds a token that the model does not have.</exception>
    public IReadOnlyList<ScoredSequence> Score(
        IReadOnlyList<int[]> sequences, double? temperature = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        for (var i = 0; i < sequences.Count; i++) Check(sequences[i], i);
        var scores = new ScoredSequence[sequences.Count];
        var wasTraining = model.training;
        model.eval();
        model.SetTemperature(temperature ?? 1);
        try
        {
            var done = 0;
            foreach (var batch in Batches(sequences))
            {
                cancellation.ThrowIfCancellationRequested();
                ScoreBatch(sequences, batch, temperature, scores);
                progress?.Report(done += batch.Length);
            }
        }
        finally
        {
            model.train(wasTraining);
        }

        return scores;
    }

    /// <summary>Numbers of the sequences of each batch: longest first, so that the largest batch, and a lack of memory, come at once.</summary>
    private IEnumerable<int[]> Batches(IReadOnlyList<int[]> sequences)
    {
        int[] order = [.. Enumerable.Range(0, sequences.Count).OrderByDescending(i => sequences[i].Length)];
        for (var start = 0; start < order.Length;)
        {
            var numRows = Math.Max(1, tokensPerBatch / sequences[order[start]].Length);
            var end = Math.Min(order.Length, start + numRows);
            yield return order[start..end];
            start = end;
        }
    }

    private void ScoreBatch(IReadOnlyList<int[]> sequences, int[] batch, double? temperature, ScoredSequence[] scores)
    {
        var length = sequences[batch[0]].Length;
        if (length == 1)
        {
            foreach (var i in batch) scores[i] = new ScoredSequence([]);
            return;
        }

        var tokens = new long[batch.Length * length]; // (B, L), padded on the right with token 0
        for (var row = 0; row < batch.Length; row++)
        {
            var sequence = sequences[batch[row]];
            for (var i = 0; i < sequence.Length; i++) tokens[row * length + i] = sequence[i];
        }

        var logProbs = LogProbs(tokens, batch.Length, temperature); // (B, L-1)
        for (var row = 0; row < batch.Length; row++)
        {
            var start = row * (length - 1);
            scores[batch[row]] = new ScoredSequence(logProbs[start..(start + sequences[batch[row]].Length - 1)]);
        }
    }

    private float[] LogProbs(long[] tokens, int numRows, double? temperature)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var device = model.TokenEmbedding.device;
        var input = tensor(tokens, device: device).view(numRows, -1); // (B, L)
        var numScored = input.shape[1] - 1;
        var temperatures = temperature is { } value ? full([numRows], value, ScalarType.Float32, device) : null;
        var hidden = model.Hidden(input.narrow(1, 0, numScored), temperatures).reshape(numRows * numScored, -1); // (B*(L-1), E)
        var targets = input.narrow(1, 1, numScored).reshape(-1, 1); // (B*(L-1), 1)

        var result = new float[numRows * numScored];
        var step = Math.Max(1, MaxLogits / model.Config.VocabularySize);
        for (long start = 0; start < result.Length; start += step)
        {
            using var pieceScope = NewDisposeScope();
            var count = Math.Min(step, result.Length - start);
            var logits = model.Logits(hidden.narrow(0, start, count)).to(ScalarType.Float32); // (N, V)
            if (MyopicTemperature != 1) logits = logits / MyopicTemperature;
            var chosen = logits.gather(1, targets.narrow(0, start, count)).squeeze(1) - logits.logsumexp(1); // (N)
            chosen.cpu().data<float>().CopyTo(result, (int)start);
        }

        return result;
    }

    private void Check(int[] sequence, int number)
    {
        var (context, vocabulary) = (model.Config.NumPositions, model.Config.VocabularySize);
        if (sequence.Length == 0 || sequence.Length > context)
        {
            throw new ArgumentException($"Sequence {number} has {sequence.Length} tokens; this model scores 1 to {context}.");
        }

        foreach (var token in sequence)
        {
            if (token < 0 || token >= vocabulary)
            {
                throw new ArgumentException($"Sequence {number} holds token {token}; this model's are 0 to {vocabulary - 1}.");
            }
        }
    }
}
