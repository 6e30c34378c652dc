namespace Lhts.Data.Batching;

/// <summary>Sequences of similar length that are computed together. Row-major arrays; B sequences, L positions.</summary>
public sealed class MicroBatch
{
    /// <summary>The name of the documents as a source.</summary>
    public const string Corpus = "corpus";

    internal MicroBatch(IReadOnlyList<Sequence> sequences, int padding)
    {
        NumSequences = sequences.Count;
        Length = sequences.Max(sequence => sequence.Tokens.Length);
        Tokens = new long[NumSequences * Length];
        Array.Fill(Tokens, padding);
        Lengths = new int[NumSequences];
        DocumentIds = new long[NumSequences];
        Lanes = new int[NumSequences];
        Pieces = new int[NumSequences];
        LogProbs = sequences[0].LogProbs is null ? null : new float[NumSequences * (Length - 1)];
        DrawnLogProbs = sequences[0].DrawnLogProbs is null ? null : new float[NumSequences * (Length - 1)];
        Temperatures = [.. sequences.Select(sequence => sequence.Temperature)];
        PromptLengths = [.. sequences.Select(sequence => sequence.PromptLength)];
        LookAheads = [.. sequences.Select(sequence => sequence.LookAhead)];
        Groups = [.. sequences.Select(sequence => sequence.Group)];
        for (var b = 0; b < NumSequences; b++)
        {
            var sequence = sequences[b];
            (Lengths[b], DocumentIds[b], Lanes[b], Pieces[b]) = (sequence.Tokens.Length, sequence.DocumentId, sequence.Lane, sequence.Piece);
            for (var i = 0; i < sequence.Tokens.Length; i++) Tokens[b * Length + i] = sequence.Tokens.Span[i];
            if (LogProbs is not null) sequence.LogProbs!.Value.Span.CopyTo(LogProbs.AsSpan(b * (Length - 1)));
            if (DrawnLogProbs is not null) sequence.DrawnLogProbs!.Value.Span.CopyTo(DrawnLogProbs.AsSpan(b * (Length - 1)));
        }
    }

    /// <summary>The name of what all its sequences come from. Default corpus.</summary>
    public string Source { get; init; } = Corpus;

    /// <summary>The same sequences at places that many further on in their step.</summary>
    public MicroBatch FromLane(int first)
    {
        var moved = (MicroBatch)MemberwiseClone();
        moved.Lanes = Array.ConvertAll(Lanes, lane => lane + first);
        return moved;
    }

    /// <summary>The sequences again, for a source that keeps them.</summary>
    public IEnumerable<Sequence> Sequences()
    {
        for (var b = 0; b < NumSequences; b++)
        {
            var tokens = Tokens.AsSpan(b * Length, Lengths[b]).ToArray();
            yield return new Sequence(Lanes[b], DocumentIds[b], Pieces[b], Array.ConvertAll(tokens, token => (int)token))
            {
                LogProbs = LogProbs?.AsMemory(b * (Length - 1), Lengths[b] - 1),
                DrawnLogProbs = DrawnLogProbs?.AsMemory(b * (Length - 1), Lengths[b] - 1),
                Temperature = Temperatures[b],
                PromptLength = PromptLengths[b],
                LookAhead = LookAheads[b],
                Group = Groups[b],
            };
        }
    }

    /// <summary>B.</summary>
    public int NumSequences { get; }

    /// <summary>L: the length of the longest sequence.</summary>
    public int Length { get; }

    /// <summary>(B, L); positions from a sequence's length on hold end-of-text as padding.</summary>
    public long[] Tokens { get; }

    /// <summary>(B): tokens of each sequence. Positions 1..length-1 are predicted; 0 is conditioned on.</summary>
    public int[] Lengths { get; }

    /// <summary>(B): row of the document, counted over the whole data set; the same in every epoch. Of sequences that a model drew, their number.</summary>
    public long[] DocumentIds { get; }

    /// <summary>(B): place within the step, 0..S-1, whatever the rank and the grouping: a key for per-sequence randomness.</summary>
    public int[] Lanes { get; private set; }

    /// <summary>(B): which piece of its document the sequence is, counted from 0.</summary>
    public int[] Pieces { get; }

    /// <summary>(B, L-1): the teacher's log-probs of positions 1..L-1, 0 where a sequence has ended; null when none are kept.</summary>
    public float[]? LogProbs { get; }

    /// <summary>(B, L-1): log-probs of positions 1..L-1 under what drew them, 0 where a sequence has ended; null when not known.</summary>
    public float[]? DrawnLogProbs { get; }

    /// <summary>(B): the long-horizon temperature that each sequence is for; null where the step draws one.</summary>
    public double?[] Temperatures { get; }

    /// <summary>(B): leading tokens of each sequence that are read and not predicted, at least 1.</summary>
    public int[] PromptLengths { get; }

    /// <summary>(B): trailing tokens of each sequence that are read and not scored; none where the sequence ends with its document.</summary>
    public int[] LookAheads { get; }

    /// <summary>(B): sequences of one group are compared with each other.</summary>
    public int[] Groups { get; }
}
