using System.Buffers;
using Lhts.Data.Parquet;

namespace Lhts.Data.Scores;

/// <summary>The log-probs of a <see cref="DataBlock"/>'s documents in memory, one after the other.</summary>
internal sealed class ScoreBlock(DataBlock block)
{
    private readonly int[] _ends = new int[block.NumRows];
    private readonly ArrayBufferWriter<float> _values = new();

    public int NumRows { get; private set; }

    public void Add(ReadOnlySpan<float> logProbs)
    {
        _values.Write(logProbs);
        _ends[NumRows++] = _values.WrittenCount;
    }

    /// <summary>A document's log-probs; none for one that is null or empty.</summary>
    public ReadOnlyMemory<float> LogProbs(int row)
    {
        var start = row == 0 ? 0 : _ends[row - 1];
        return _values.WrittenMemory[start.._ends[row]];
    }
}
