using Lhts.Models.Gpt;
using static TorchSharp.torch;

namespace Lhts.Sampling;

/// <summary>
/// Draws sequences from a model, in batches and with a key-value cache. A sequence depends on the seed and on its number only, not on the
/// batch it was generated in (up to the rounding of batched arithmetic).
/// </summary>
public sealed class Sampler
{
    private readonly Gpt2 model;
    private readonly SamplingOptions options;

    /// <summary>A sampler of one model; dropout is switched off while it runs.</summary>
    /// <exception cref="ArgumentException">The options have faults, all of which are named, or give a temperature to a model that knows none.</exception>
    public Sampler(Gpt2 model, SamplingOptions options)
    {
        var faults = options.Faults(model.Config.VocabularySize).ToList();
        if (options.LongHorizonTemperature is not null && model.Config.TemperatureConditioning == TemperatureConditioning.None)
        {
            faults.Add("a long-horizon temperature was given, but the model knows no temperatures");
        }

        if (faults.Count > 0) throw new ArgumentException("Sampling options: " + string.Join("; ", faults) + ".", nameof(options));
        this.model = model;
        this.options = options;
    }

    /// <summary>Continues each prompt once.</summary>
    /// <param name="prompts">Token arrays, each of one token at least and of the model's context at most.</param>
    /// <param name="firstIndex">The number of the first sequence; the others follow. Equal numbers give equal draws.</param>
    /// <param name="progress">Told after every token how many sequences are done; those of the batch under way count by the share of their places.</param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    /// <param name="longHorizonTemperatures">
    /// One for each prompt, above 0, for a model that knows temperatures. Default: the options' for all of them.
    /// </param>
    /// <param name="observer">Told of every token, and may end its sequence. Default: nobody is.</param>
    /// <returns>The sequences in the order of the prompts.</returns>
    /// <exception cref="ArgumentException">
    /// A prompt is empty, too long, or holds a token that the model does not have; or the temperatures are not as they should be.
    /// </exception>
    /// <exception cref="InvalidDataException">The model's logits are not numbers; the sequence and the position are named.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<SampledSequence> Sample(
        IReadOnlyList<int[]> prompts, long firstIndex = 0, IProgress<int>? progress = null, CancellationToken cancellation = default,
        IReadOnlyList<double>? longHorizonTemperatures = null, TokenObserver? observer = null)
    {
        CheckTemperatures(prompts.Count, longHorizonTemperatures);
        var rows = prompts.Select((prompt, i) => MakeRow(prompt, i, firstIndex + i, longHorizonTemperatures?[i])).ToArray();
        TokenObserver? observe = observer is null ? null : InTurn(observer);
        var wasTraining = model.training;
        model.eval();
        try
        {
            // Prompts of similar length share a batch, which keeps the padding short; weights that move with the temperature serve one at a time.
            var done = 0;
            foreach (var group in rows.OrderBy(row => row.Tokens.Count)
                .GroupBy(row => MovesWeights ? row.LongHorizonTemperature ?? options.LongHorizonTemperature ?? 1 : 1))
            {
                model.SetTemperature(group.Key);
                DrawingThreads.Run(model.TokenEmbedding.device, [.. group.Chunk(options.BatchSize).Select(batch => (Action)(() =>
                {
                    var told = 0;
                    Run(batch, Tell, observe, cancellation);
                    Tell(batch.Length);

                    // Batches that are drawn side by side add up.
                    void Tell(int numDone)
                    {
                        if (progress is null) return;
                        lock (rows) progress.Report(done += numDone - told);
                        told = numDone;
                    }
                }))]);
            }
        }
        finally
        {
            model.train(wasTraining);
        }

        return [.. rows.Select(row => row.ToSequence())];
    }

    private void Run(SampleRow[] batch, Action<int> onToken, TokenObserver? observer, CancellationToken cancellation)
    {
        using var noGrad = no_grad();
        using var running = new SampleBatch(model, options, batch, observer);
        running.Run(onToken, cancellation);
    }

    /// <summary>Batches are drawn side by side, but an observer is told of one token at a time.</summary>
    private static TokenObserver InTurn(TokenObserver observer)
    {
        var turn = new Lock();
        return (sequence, token) =>
        {
            lock (turn) return observer(sequence, token);
        };
    }

    private bool MovesWeights => model.Config.TemperatureConditioning == TemperatureConditioning.Weights;

    private void CheckTemperatures(int numPrompts, IReadOnlyList<double>? temperatures)
    {
        if (temperatures is null) return;
        if (model.Config.TemperatureConditioning == TemperatureConditioning.None)
        {
            throw new ArgumentException("Long-horizon temperatures were given, but the model knows no temperatures.", nameof(temperatures));
        }

        if (temperatures.Count != numPrompts)
        {
            throw new ArgumentException($"{temperatures.Count} long-horizon temperatures were given for {numPrompts} prompts.", nameof(temperatures));
        }

        foreach (var temperature in temperatures)
        {
            if (!(temperature > 0 && double.IsFinite(temperature)))
            {
                throw new ArgumentException($"A long-horizon temperature is {temperature}; it must be above 0.", nameof(temperatures));
            }
        }
    }

    private SampleRow MakeRow(int[] prompt, int number, long index, double? longHorizonTemperature)
    {
        var (context, vocabulary) = (model.Config.NumPositions, model.Config.VocabularySize);
        if (prompt.Length == 0 || prompt.Length > context)
        {
            throw new ArgumentException($"Prompt {number} has {prompt.Length} tokens; this model takes 1 to {context}.", nameof(prompt));
        }

        foreach (var token in prompt)
        {
            if (token < 0 || token >= vocabulary)
            {
                throw new ArgumentException(
                    $"Prompt {number} holds token {token}; this model's are 0 to {vocabulary - 1}.", nameof(prompt));
            }
        }

        var maxLength = (int)Math.Min(context, prompt.Length + (long)(options.MaxNewTokens ?? context));
        return new SampleRow(index, prompt, maxLength, longHorizonTemperature ?? options.LongHorizonTemperature);
    }
}
