using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>
/// logits(v | s, i) = transition[s, v] + position[i, v], a family that holds every joint temperature of a Markov chain:
/// log p_T(v | s, i) = log p(v|s)/T + log zeta_{i+1}(v) up to a constant. It starts as the teacher. Since the end is felt less the farther
/// away it is, position i learns at a rate divided by the symbols that are left, L - i. With several tags there is one such table for each.
/// </summary>
public sealed class MarkovStudent : IDisposable
{
    private readonly MarkovTeacher teacher;

    /// <summary>Makes the student equal to the teacher under each of <paramref name="numTags"/> tags.</summary>
    public MarkovStudent(MarkovTeacher teacher, int numTags = 1)
    {
        using var scope = NewDisposeScope();
        this.teacher = teacher;
        var numStates = teacher.NumSymbols + 1;
        var logits = new float[numStates * teacher.NumSymbols];
        for (var at = 0; at < logits.Length; at++) logits[at] = (float)teacher.LogProb(at / teacher.NumSymbols, at % teacher.NumSymbols);
        Transition = new Parameter(tensor(logits).reshape(1, numStates, teacher.NumSymbols).repeat(numTags, 1, 1));
        Position = new Parameter(zeros(new long[] { numTags, teacher.Length, teacher.NumSymbols }, dtype: ScalarType.Float32));
        Transition.DetachFromDisposeScope();
        Position.DetachFromDisposeScope();
    }

    /// <summary>(tags, S + 1, S).</summary>
    public Parameter Transition { get; }

    /// <summary>(tags, L, S).</summary>
    public Parameter Position { get; }

    /// <summary>Both.</summary>
    public IEnumerable<Parameter> Parameters => [Transition, Position];

    // (L, 1)
    private Tensor Fade => 1.0 / arange(teacher.Length, 0, -1, dtype: ScalarType.Float32).unsqueeze(1);

    /// <summary>(B, L, S) for (B, L) states and (B) int64 tags.</summary>
    public Tensor Logits(Tensor states, Tensor tags)
    {
        var rows = states + tags.unsqueeze(1) * (teacher.NumSymbols + 1); // (B, L)
        var transitions = Transition.reshape(-1, teacher.NumSymbols).index_select(0, rows.reshape(-1));
        return transitions.reshape(states.shape[0], states.shape[1], teacher.NumSymbols) + (Position * Fade).index_select(0, tags);
    }

    /// <summary>Log-probs of all states and positions under a tag, (L, S + 1, S).</summary>
    public double[,,] Table(int tag = 0)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var logits = (Position[tag] * Fade).unsqueeze(1) + Transition[tag];
        var logProbs = logits.to(ScalarType.Float64).log_softmax(2).contiguous().data<double>().ToArray();
        var table = new double[teacher.Length, teacher.NumSymbols + 1, teacher.NumSymbols];
        Buffer.BlockCopy(logProbs, 0, table, 0, logProbs.Length * sizeof(double));
        return table;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Transition.Dispose();
        Position.Dispose();
    }
}
