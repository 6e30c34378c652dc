using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>
/// Every sequence of a length over a number of symbols, in lexicographic order, with tabular models over them: a table has one row of
/// logits for each prefix. N sequences, L positions, S symbols, P prefixes.
/// </summary>
public sealed class Enumeration : IDisposable
{
    /// <param name="numSymbols">S, at least 2.</param>
    /// <param name="length">L.</param>
    public Enumeration(int numSymbols, int length)
    {
        NumSymbols = numSymbols;
        Length = length;
        NumSequences = (long)Math.Pow(numSymbols, length);
        var (symbols, prefixes) = (new long[NumSequences * length], new long[NumSequences * length]);
        for (long sequence = 0; sequence < NumSequences; sequence++)
        {
            for (var i = 0; i < length; i++)
            {
                symbols[sequence * length + i] = sequence / Power(length - 1 - i) % numSymbols;
                prefixes[sequence * length + i] = FirstPrefix(i) + sequence / Power(length - i);
            }
        }

        Sequences = tensor(symbols).reshape(NumSequences, length).DetachFromDisposeScope();
        Prefixes = tensor(prefixes).reshape(NumSequences, length).DetachFromDisposeScope();
    }

    /// <summary>S.</summary>
    public int NumSymbols { get; }

    /// <summary>L.</summary>
    public int Length { get; }

    /// <summary>N.</summary>
    public long NumSequences { get; }

    /// <summary>P.</summary>
    public long NumPrefixes => FirstPrefix(Length);

    /// <summary>(N, L) int64.</summary>
    public Tensor Sequences { get; }

    /// <summary>(N, L) int64: the row of a table from which position i is predicted.</summary>
    public Tensor Prefixes { get; }

    /// <summary>(N, L) bool, all true.</summary>
    public Tensor Mask => ones(NumSequences, Length, dtype: ScalarType.Bool);

    /// <summary>(P, S) to (N, L, S).</summary>
    public Tensor Logits(Tensor table) => table.index_select(0, Prefixes.reshape(-1)).reshape(NumSequences, Length, NumSymbols);

    /// <summary>(P, S) to (N, L): log-probs of the symbols.</summary>
    public Tensor LogProbs(Tensor table) => Logits(table).log_softmax(2).gather(2, Sequences.unsqueeze(2)).squeeze(2);

    /// <summary>The table of the model that gives every sequence its mass: (N) log masses, of any total, to (P, S).</summary>
    public Tensor TableOf(Tensor logMasses)
    {
        var rows = Enumerable.Range(0, Length).Select(i => logMasses.reshape(Power(i + 1), -1).logsumexp(1).reshape(-1, NumSymbols));
        return cat(rows.ToArray(), 0);
    }

    /// <summary>log p_T, (N): log p / T less its log partition.</summary>
    public Tensor JointTemperature(Tensor table, double temperature)
    {
        var scaled = LogProbs(table).sum(dim: 1) / temperature;
        return scaled - scaled.logsumexp(0);
    }

    /// <summary>(P): log of the summed p^(1/T) of all continuations of a prefix.</summary>
    public Tensor LogPartitions(Tensor table, double temperature)
    {
        var scaled = table.log_softmax(1) / temperature; // (P, S)
        var levels = new List<Tensor>();
        var next = zeros(NumSequences, dtype: ScalarType.Float64);
        for (var i = Length - 1; i >= 0; i--)
        {
            next = (scaled.narrow(0, FirstPrefix(i), Power(i)) + next.reshape(Power(i), NumSymbols)).logsumexp(1);
            levels.Insert(0, next);
        }

        return cat(levels.ToArray(), 0);
    }

    /// <summary>(S^(L-1), L - 1): every sequence without its last symbol, once.</summary>
    public Tensor FirstSymbols() => Sequences.reshape(-1, NumSymbols, Length).select(1, 0).narrow(1, 0, Length - 1);

    /// <summary>
    /// What a causal model says after each prefix, (P, X), of its outputs (S^(L-1), L, X) for all sequences of L - 1 symbols in order, each after a
    /// token that begins it.
    /// </summary>
    public Tensor OfPrefixes(Tensor outputs)
    {
        var rows = Enumerable.Range(0, Length).Select(i => outputs.select(1, i).reshape(Power(i), -1, outputs.shape[2]).select(1, 0)); // (S^i, X)
        return cat(rows.ToArray(), 0);
    }

    /// <summary>KL(target || model) in nats per sequence.</summary>
    public double Divergence(Tensor logTarget, Tensor table) =>
        (logTarget.exp() * (logTarget - LogProbs(table).sum(dim: 1))).sum().cpu().item<double>();

    /// <summary>The expectation under x ~ weights of the summed gradients of the sequences, (P, S).</summary>
    /// <param name="gradient">(N, L, S): of each sequence's loss.</param>
    /// <param name="probabilities">(N).</param>
    public Tensor ExpectedGradient(Tensor gradient, Tensor probabilities)
    {
        var weighted = gradient * probabilities.reshape(-1, 1, 1);
        var table = zeros(NumPrefixes, NumSymbols, dtype: ScalarType.Float64);
        return table.index_add_(0, Prefixes.reshape(-1), weighted.reshape(-1, NumSymbols), 1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Sequences.Dispose();
        Prefixes.Dispose();
    }

    private long Power(int exponent) => (long)Math.Pow(NumSymbols, exponent);

    private long FirstPrefix(int position) => (Power(position) - 1) / (NumSymbols - 1);
}
