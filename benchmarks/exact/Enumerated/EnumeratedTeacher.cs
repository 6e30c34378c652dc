using Lhts.Models.Gpt;
using Lhts.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>A teacher over sequences that can be enumerated, as tables over all prefixes. P prefixes, S symbols, D numbers of a hidden state.</summary>
public sealed class EnumeratedTeacher : IDisposable
{
    private readonly double[] cumulative; // (N): sums of probabilities

    private EnumeratedTeacher(string name, Enumeration space, Tensor logits, Tensor hiddenStates, Gpt2? model)
    {
        Name = name;
        Space = space;
        Table = logits.to(ScalarType.Float64).log_softmax(1).DetachFromDisposeScope();
        HiddenStates = hiddenStates.to(ScalarType.Float32).DetachFromDisposeScope();
        Model = model;
        cumulative = space.LogProbs(Table).sum(dim: 1).exp().cumsum(0).data<double>().ToArray();
    }

    /// <summary>As printed.</summary>
    public string Name { get; }

    /// <summary>All sequences.</summary>
    public Enumeration Space { get; }

    /// <summary>(P, S) float64: log-probs of the next symbol.</summary>
    public Tensor Table { get; }

    /// <summary>(P, D).</summary>
    public Tensor HiddenStates { get; }

    /// <summary>The transformer, whose token S begins a sequence; null for a table.</summary>
    public Gpt2? Model { get; }

    /// <summary>One row of normal logits for each prefix, which is its own hidden state.</summary>
    public static EnumeratedTeacher Tabular(Enumeration space, int seed)
    {
        using var scope = NewDisposeScope();
        return new($"table {seed}", space, EnumeratedTable.TableOf(space, seed), Identity(space.NumPrefixes), model: null);
    }

    /// <summary>A random GPT-2 of 2 layers, 2 heads and width 32; weights of deviation 0.3 make it as sharp as a trained model.</summary>
    public static EnumeratedTeacher Transformer(Enumeration space, int seed)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var generator = new Generator((ulong)seed);
        var model = new Gpt2(new Gpt2Config
        {
            NumLayers = 2, NumHeads = 2, EmbeddingSize = 32, VocabularySize = space.NumSymbols + 1, NumPositions = space.Length,
            ResidualDropout = 0, EmbeddingDropout = 0, AttentionDropout = 0, InitializerRange = 0.3,
        }, generator);
        var states = model.Hidden(TransformerStudent.Tokens(space.FirstSymbols(), space.NumSymbols)); // (S^(L-1), L, E)
        var logits = model.Logits(states).narrow(2, 0, space.NumSymbols);
        return new($"transformer {seed}", space, space.OfPrefixes(logits), space.OfPrefixes(states), model);
    }

    /// <summary>Draws the numbers of sequences, (B) int64, from p.</summary>
    public Tensor Sample(int count, Random random) => Draw(cumulative, count, random);

    /// <summary>Draws the numbers of sequences, (B) int64.</summary>
    /// <param name="cumulative">(N): sums of their probabilities.</param>
    /// <param name="count">B.</param>
    /// <param name="random">Where they are drawn from.</param>
    public static Tensor Draw(double[] cumulative, int count, Random random)
    {
        var drawn = new long[count];
        for (var row = 0; row < count; row++)
        {
            var found = Array.BinarySearch(cumulative, random.NextDouble() * cumulative[^1]);
            drawn[row] = found < 0 ? ~found : found;
        }

        return tensor(drawn);
    }

    /// <summary>What an objective is told of sequences.</summary>
    /// <param name="sequences">(B) int64: their numbers.</param>
    /// <param name="temperature">T.</param>
    /// <param name="exact">Hand over the exact log-partition in place of hidden states.</param>
    public (ObjectiveBatch Batch, TeacherSignal Signal) Ask(Tensor sequences, double temperature, bool exact)
    {
        var prefixes = Space.Prefixes.index_select(0, sequences); // (B, L)
        var targets = Space.Sequences.index_select(0, sequences);
        Tensor Rows(Tensor table) => table.index_select(0, prefixes.reshape(-1)).reshape(prefixes.shape[0], prefixes.shape[1], -1);
        var logits = Rows(Table);
        var states = exact ? Space.LogPartitions(Table, temperature).unsqueeze(1) : HiddenStates;
        return (
            new(targets, ones_like(targets, dtype: ScalarType.Bool), full(sequences.shape[0], temperature, dtype: ScalarType.Float64)),
            new(logits.gather(2, targets.unsqueeze(2)).squeeze(2), logits.to(ScalarType.Float32), Rows(states)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Table.Dispose();
        HiddenStates.Dispose();
        Model?.Dispose();
    }

    private static Tensor Identity(long size)
    {
        var index = arange(size).unsqueeze(1); // (P, 1)
        return zeros(size, size, dtype: ScalarType.Float32).scatter_(1, index, ones_like(index, dtype: ScalarType.Float32));
    }
}
