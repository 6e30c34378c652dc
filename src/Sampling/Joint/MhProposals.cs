using Lhts.Models.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Sampling.Joint;

// B rows, V vocabulary.

/// <summary>Draws the rest of texts from the model at the proposal's temperature. The prompt goes through the model once.</summary>
internal sealed class MhProposals : IDisposable
{
    private readonly Gpt2 model;
    private readonly PowerMhOptions options;
    private readonly int numNewTokens;
    private readonly long run;
    private readonly CancellationToken cancellation;
    private readonly Tensor? bannedMask;
    private readonly KeyValueCache prompt;
    private readonly Tensor promptLogits; // (1, V)
    private long numDraws;

    public MhProposals(Gpt2 model, PowerMhOptions options, int[] prompt, int numNewTokens, long run, CancellationToken cancellation)
    {
        (this.model, this.options, this.numNewTokens, this.run, this.cancellation) = (model, options, numNewTokens, run, cancellation);
        bannedMask = JointPrompt.BannedMask(model, options.BannedTokens);
        this.prompt = new KeyValueCache(model, 1, prompt.Length + numNewTokens);
        promptLogits = Logits(tensor(Array.ConvertAll(prompt, token => (long)token)).view(1, -1), this.prompt);
    }

    /// <summary>Tokens that have gone through the model.</summary>
    public long NumTokens { get; private set; }

    private double ProposalTemperature => options.ProposalTemperature ?? options.Temperature;

    /// <summary>Copies of some texts whose tokens from a place on are drawn anew, up to a length or their end.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="chains">Which of them.</param>
    /// <param name="start">Tokens that stay.</param>
    /// <param name="length">Tokens behind the prompt at most.</param>
    public ChainTexts Draw(ChainTexts texts, int[] chains, int start, int length)
    {
        using var scope = NewDisposeScope();
        var drawn = new ChainTexts(chains.Length, numNewTokens);
        for (var row = 0; row < chains.Length; row++) drawn.Begin(texts, chains[row], row, start);
        var number = numDraws++;
        using var cache = prompt.Select(new long[chains.Length]);
        var logits = start == 0 ? promptLogits.expand(chains.Length, -1) : Logits(Prefixes(texts, chains, start), cache); // (B, V)
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var tokens = Append(drawn, chains, logits, number);
            if (Enumerable.Range(0, chains.Length).All(row => drawn.HasEnded(row) || drawn.Length(row) >= length)) return drawn;
            logits = Logits(tensor(tokens).view(-1, 1), cache);
        }
    }

    public void Dispose() => prompt.Dispose();

    private long[] Append(ChainTexts drawn, int[] chains, Tensor logits, long number)
    {
        using var scope = NewDisposeScope();
        var uniforms = new double[chains.Length];
        for (var row = 0; row < uniforms.Length; row++)
        {
            uniforms[row] = CounterRandom.Uniform(options.Seed, (run * options.NumChains) + chains[row], (number * numNewTokens) + drawn.Length(row));
        }

        var proposal = (logits / ProposalTemperature).log_softmax(-1); // (B, V)
        var chosen = CumulativeSearch.Find(proposal.exp().contiguous(), uniforms);
        if (chosen.FirstFault is >= 0 and var fault)
        {
            throw new InvalidDataException(
                $"The model's logits for chain {chains[fault]} at position {drawn.Length(fault)} behind the prompt are not numbers. Its weights are damaged or "
                + "too large.");
        }

        var index = tensor(chosen.Tokens, device: logits.device).unsqueeze(1); // (B, 1)
        var logProbs = Values(logits.gather(1, index).squeeze(1) - logits.logsumexp(-1));
        var proposalLogProbs = Values(proposal.gather(1, index).squeeze(1));
        for (var row = 0; row < chains.Length; row++)
        {
            if (!drawn.HasEnded(row)) drawn.Append(row, (int)chosen.Tokens[row], logProbs[row], proposalLogProbs[row], options.EndOfText);
        }

        return chosen.Tokens;
    }

    private static double[] Values(Tensor values) => values.cpu().data<double>().ToArray();

    private static Tensor Prefixes(ChainTexts texts, int[] chains, int start)
    {
        var tokens = new long[chains.Length * start];
        for (var row = 0; row < chains.Length; row++)
        {
            var prefix = texts.Prefix(chains[row], start);
            for (var i = 0; i < start; i++) tokens[(row * start) + i] = prefix[i];
        }

        return tensor(tokens).view(chains.Length, start); // (B, n)
    }

    /// <summary>(B, V) float64 behind the last of these tokens.</summary>
    private Tensor Logits(Tensor tokens, KeyValueCache cache)
    {
        NumTokens += tokens.NumberOfElements;
        var device = model.TokenEmbedding.device;
        var temperatures = model.Config.TemperatureConditioning == TemperatureConditioning.None
            ? null
            : full([tokens.shape[0]], 1, ScalarType.Float32, device);
        var hidden = model.Hidden(tokens.to(device), cache, temperatures); // (B, n, E)
        var logits = model.Logits(hidden.select(1, hidden.shape[1] - 1)).to(ScalarType.Float64); // (B, V)
        return bannedMask is null ? logits : logits + bannedMask;
    }
}
