namespace Lhts.Benchmarks.Exact;

/// <summary>
/// A Markov chain over S symbols and sequences of L. What its joint temperature is follows by dynamic programming:
/// zeta_i(s) = sum over v of p(v|s)^(1/T) * zeta_{i+1}(v), the future's partition after i symbols of which the last is s, zeta_L = 1, and
/// p_T(v | s, i) = p(v|s)^(1/T) * zeta_{i+1}(v) / zeta_i(s). State S stands for the empty prefix.
/// </summary>
public sealed class MarkovTeacher
{
    private readonly double[,] logProbs; // (S + 1, S)

    /// <param name="seed">Of the rows of probabilities, each uniform among all there are: Dirichlet(1, ..., 1).</param>
    /// <param name="numSymbols">S.</param>
    /// <param name="length">L.</param>
    /// <param name="sharpness">What the logits of the rows are multiplied by. Default 1.</param>
    public MarkovTeacher(int seed, int numSymbols, int length, double sharpness = 1)
    {
        NumSymbols = numSymbols;
        Length = length;
        logProbs = new double[numSymbols + 1, numSymbols];
        var random = new Random(seed);
        for (var state = 0; state <= numSymbols; state++)
        {
            var logits = Enumerable.Range(0, numSymbols).Select(_ => sharpness * Math.Log(-Math.Log(1 - random.NextDouble()))).ToArray();
            var total = LogSum(logits);
            for (var symbol = 0; symbol < numSymbols; symbol++) logProbs[state, symbol] = logits[symbol] - total;
        }
    }

    /// <summary>S.</summary>
    public int NumSymbols { get; }

    /// <summary>L.</summary>
    public int Length { get; }

    /// <summary>log p(symbol | state).</summary>
    public double LogProb(int state, int symbol) => logProbs[state, symbol];

    /// <summary>The state of a prefix of i symbols with that last one.</summary>
    public int StateOf(int position, int previous) => position == 0 ? NumSymbols : previous;

    /// <summary>log zeta, (L + 1, S + 1).</summary>
    public double[,] LogPartitions(double temperature)
    {
        var table = new double[Length + 1, NumSymbols + 1];
        for (var i = Length - 1; i >= 0; i--)
        {
            for (var state = 0; state <= NumSymbols; state++)
            {
                table[i, state] = LogSum(Enumerable.Range(0, NumSymbols)
                    .Select(symbol => logProbs[state, symbol] / temperature + table[i + 1, symbol]).ToArray());
            }
        }

        return table;
    }

    /// <summary>log p_T(v | s, i), (L, S + 1, S).</summary>
    public double[,,] JointTemperature(double temperature)
    {
        var partitions = LogPartitions(temperature);
        var table = new double[Length, NumSymbols + 1, NumSymbols];
        for (var i = 0; i < Length; i++)
        {
            for (var state = 0; state <= NumSymbols; state++)
            {
                for (var symbol = 0; symbol < NumSymbols; symbol++)
                {
                    table[i, state, symbol] = logProbs[state, symbol] / temperature + partitions[i + 1, symbol] - partitions[i, state];
                }
            }
        }

        return table;
    }

    /// <summary>Ordinary temperature, softmax(log p / T) at each symbol, (L, S + 1, S).</summary>
    public double[,,] Myopic(double temperature)
    {
        var table = new double[Length, NumSymbols + 1, NumSymbols];
        for (var i = 0; i < Length; i++)
        {
            for (var state = 0; state <= NumSymbols; state++)
            {
                var scaled = Enumerable.Range(0, NumSymbols).Select(symbol => logProbs[state, symbol] / temperature).ToArray();
                for (var symbol = 0; symbol < NumSymbols; symbol++) table[i, state, symbol] = scaled[symbol] - LogSum(scaled);
            }
        }

        return table;
    }

    /// <summary>KL between the sequence distributions of two tables of log-probs, (L, S + 1, S), in nats per sequence.</summary>
    public double Divergence(double[,,] target, double[,,] model)
    {
        var marginal = new double[NumSymbols + 1];
        marginal[NumSymbols] = 1;
        double sum = 0;
        for (var i = 0; i < Length; i++)
        {
            var next = new double[NumSymbols + 1];
            for (var state = 0; state <= NumSymbols; state++)
            {
                if (marginal[state] == 0) continue;
                for (var symbol = 0; symbol < NumSymbols; symbol++)
                {
                    var mass = marginal[state] * Math.Exp(target[i, state, symbol]);
                    next[symbol] += mass;
                    sum += mass * (target[i, state, symbol] - model[i, state, symbol]);
                }
            }

            marginal = next;
        }

        return sum;
    }

    /// <summary>Draws sequences, row by row (n * L).</summary>
    public long[] Sample(double[,,] model, int count, Random random)
    {
        var symbols = new long[count * Length];
        for (var row = 0; row < count; row++)
        {
            var state = NumSymbols;
            for (var i = 0; i < Length; i++)
            {
                var rest = random.NextDouble();
                var symbol = 0;
                while (symbol < NumSymbols - 1 && (rest -= Math.Exp(model[i, state, symbol])) >= 0) symbol++;
                symbols[row * Length + i] = symbol;
                state = symbol;
            }
        }

        return symbols;
    }

    /// <summary>log-probs of whole sequences (n * L, row by row) under a table of log-probs, (L, S + 1, S).</summary>
    public double[] LogProbs(long[] symbols, double[,,] model)
    {
        var sums = new double[symbols.Length / Length];
        for (var at = 0; at < symbols.Length; at++)
        {
            var position = at % Length;
            sums[at / Length] += model[position, StateOf(position, position == 0 ? 0 : (int)symbols[at - 1]), symbols[at]];
        }

        return sums;
    }

    private static double LogSum(double[] values)
    {
        var max = values.Max();
        return max + Math.Log(values.Sum(value => Math.Exp(value - max)));
    }
}
