using Lhts.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>Sequences of a chain with the teacher's signal. B sequences, L positions, S symbols.</summary>
public sealed class MarkovSample
{
    private const long NumFeatures = 64;

    /// <param name="teacher">The chain.</param>
    /// <param name="symbols">B * L of them, row by row.</param>
    /// <param name="temperature">T.</param>
    /// <param name="exact">Hand over the exact log-partition, (B, L, 1), in place of hidden states.</param>
    public MarkovSample(MarkovTeacher teacher, long[] symbols, double temperature, bool exact = false)
    {
        var (length, numSymbols) = (teacher.Length, teacher.NumSymbols);
        var count = symbols.Length / length;
        var states = new long[symbols.Length];
        var pairs = new long[symbols.Length];
        var logProbs = new double[symbols.Length];
        var logits = new float[symbols.Length * numSymbols];
        for (var at = 0; at < symbols.Length; at++)
        {
            var state = teacher.StateOf(at % length, at % length == 0 ? 0 : (int)symbols[at - 1]);
            states[at] = state;
            pairs[at] = at % length * (numSymbols + 1) + state;
            logProbs[at] = teacher.LogProb(state, (int)symbols[at]);
            for (var symbol = 0; symbol < numSymbols; symbol++) logits[at * numSymbols + symbol] = (float)teacher.LogProb(state, symbol);
        }

        States = tensor(states).reshape(count, length);
        Batch = new(
            tensor(symbols).reshape(count, length), ones(count, length, dtype: ScalarType.Bool),
            full(count, temperature, dtype: ScalarType.Float64));
        Signal = new(
            tensor(logProbs).reshape(count, length), tensor(logits).reshape(count, length, numSymbols),
            (exact ? Partitions(teacher, states, temperature) : HiddenStates(pairs, length, numSymbols)).reshape(count, length, -1));
    }

    /// <summary>(B, L): the previous symbol, S at the start.</summary>
    public Tensor States { get; }

    /// <summary>Targets, mask and temperatures.</summary>
    public ObjectiveBatch Batch { get; }

    /// <summary>Log-probs, logits and hidden states.</summary>
    public TeacherSignal Signal { get; }

    /// <summary>D: one number for each state, one for each position, one for each pair of both, which is smaller the more is left.</summary>
    public static long HiddenSize(MarkovTeacher teacher) => UsesFeatures(teacher.NumSymbols, teacher.Length) ? NumFeatures :
        teacher.NumSymbols + 1 + teacher.Length + (teacher.NumSymbols + 1) * teacher.Length;

    private static Tensor Partitions(MarkovTeacher teacher, long[] states, double temperature)
    {
        var exact = teacher.LogPartitions(temperature);
        return tensor(states.Select((state, at) => exact[at % teacher.Length, state]).ToArray());
    }

    private static Tensor HiddenStates(long[] pairs, int length, int numSymbols)
    {
        if (UsesFeatures(numSymbols, length)) return Features(pairs, length, numSymbols);
        var numStates = numSymbols + 1;
        var left = pairs.Select(pair => 1f / (length - pair / numStates)).ToArray();
        return cat(new[]
        {
            OneHot(pairs.Select(pair => pair % numStates), numStates), OneHot(pairs.Select(pair => pair / numStates), length),
            OneHot(pairs, numStates * length) * tensor(left).unsqueeze(1),
        }, 1);
    }

    private static bool UsesFeatures(int numSymbols, int length) => numSymbols * length > 1000;

    /// <summary>
    /// As a transformer has them: a random vector for the state and one that turns with the position, together normalised.
    /// </summary>
    private static Tensor Features(long[] pairs, int length, int numSymbols)
    {
        using var generator = new Generator(1);
        var numStates = numSymbols + 1;
        var ofStates = randn(new long[] { numStates, NumFeatures }, generator: generator);
        var ofPositions = tensor(Enumerable.Range(0, length * (int)NumFeatures).Select(Turn).ToArray()).reshape(length, NumFeatures);
        var index = tensor(pairs);
        var sum = ofStates.index_select(0, index.remainder(numStates)) + ofPositions.index_select(0, index.div(numStates, RoundingMode.floor)) * 0.5;
        return nn.functional.layer_norm(sum, [NumFeatures]);
    }

    private static float Turn(int at)
    {
        var (position, feature) = (at / (int)NumFeatures, at % (int)NumFeatures);
        var angle = position * Math.Pow(1000, -(feature / 2) * 2.0 / NumFeatures);
        return (float)(feature % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
    }

    private static Tensor OneHot(IEnumerable<long> indices, long width)
    {
        var index = tensor(indices.ToArray()).unsqueeze(1); // (N, 1)
        return zeros(index.shape[0], width, dtype: ScalarType.Float32).scatter_(1, index, ones_like(index, dtype: ScalarType.Float32));
    }
}
