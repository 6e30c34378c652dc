using Lhts.Models.Gpt;
using static TorchSharp.torch;

namespace Lhts.Sampling.Joint;

/// <summary>
/// Draws texts from <c>p_T = p^(1/T) / Z_T</c> without training, by Metropolis-Hastings over blocks (Karan and Du 2025, arXiv 2510.14901): a text grows by a
/// block from the model at a myopic temperature; then a place of it is chosen at random, all behind it is drawn anew, and the new text is taken with the
/// probability that leaves p_T of texts of this length as it is. Exact for many steps.
/// </summary>
public sealed class PowerMh
{
    private readonly Gpt2 model;
    private readonly PowerMhOptions options;

    /// <summary>A sampler of a model's p_T; dropout is switched off while it runs.</summary>
    /// <param name="model">The model p.</param>
    /// <param name="options">Temperature, chains, blocks.</param>
    /// <exception cref="ArgumentException">The options have faults, all of which are named.</exception>
    public PowerMh(Gpt2 model, PowerMhOptions options)
    {
        var faults = options.Faults(model.Config.VocabularySize).ToList();
        if (faults.Count > 0) throw new ArgumentException("Power Metropolis-Hastings: " + string.Join("; ", faults) + ".", nameof(options));
        (this.model, this.options) = (model, options);
    }

    /// <summary>Runs all chains.</summary>
    /// <param name="prompt">What every text begins with: at least one token, and fewer than the context.</param>
    /// <param name="run">The number of the run. Equal numbers give equal draws.</param>
    /// <param name="progress">Told how many steps are done.</param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    /// <exception cref="ArgumentException">The prompt does not fit, or holds a token that the model does not have.</exception>
    /// <exception cref="InvalidDataException">The model's logits are not numbers.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public PowerMhResult Run(int[] prompt, long run = 0, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        var numNewTokens = JointPrompt.NumNewTokens(model.Config, prompt, options.MaxNewTokens);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var wasTraining = model.training;
        model.eval();
        model.SetTemperature(1);
        try
        {
            using var proposals = new MhProposals(model, options, prompt, numNewTokens, run, cancellation);
            return new MhRunner(options, proposals, prompt, numNewTokens, run).Run(progress);
        }
        finally
        {
            model.train(wasTraining);
        }
    }

    /// <summary>Steps of a run, for progress.</summary>
    /// <param name="numNewTokens">Tokens behind the prompt.</param>
    public int NumSteps(int numNewTokens) => options.Lengths(numNewTokens).Count() * options.StepsPerBlock;
}
