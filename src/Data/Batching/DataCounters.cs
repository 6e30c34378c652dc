using Lhts.Data.Parquet;

namespace Lhts.Data.Batching;

/// <summary>What a stream has handed over so far on this rank; sums over ranks count everything once. Safe to read at any time.</summary>
public sealed class DataCounters
{
    private long _documents, _empty, _nulls, _bad, _cut, _tokens, _padding, _bytes, _waitTicks, _ready;

    /// <summary>Documents begun.</summary>
    public long Documents => Interlocked.Read(ref _documents);

    /// <summary>Documents passed over because they have no text. Counted when read, a little ahead of their turn.</summary>
    public long EmptyDocuments => Interlocked.Read(ref _empty);

    /// <summary>Documents passed over because they are NULL. Counted when read, a little ahead of their turn.</summary>
    public long NullDocuments => Interlocked.Read(ref _nulls);

    /// <summary>Documents passed over because they cannot be read or encoded. Counted when read, a little ahead of their turn.</summary>
    public long BadDocuments => Interlocked.Read(ref _bad);

    /// <summary>Documents whose end was dropped.</summary>
    public long CutDocuments => Interlocked.Read(ref _cut);

    /// <summary>Tokens of sequences, first tokens included.</summary>
    public long Tokens => Interlocked.Read(ref _tokens);

    /// <summary>Positions of padding.</summary>
    public long PaddingTokens => Interlocked.Read(ref _padding);

    /// <summary>UTF-8 bytes read, on every rank those of the whole data set.</summary>
    public long BytesRead => Interlocked.Read(ref _bytes);

    /// <summary>Steps that are made and wait for the consumer.</summary>
    public long ReadySteps => Interlocked.Read(ref _ready);

    /// <summary>How long the consumer has waited for a step.</summary>
    public TimeSpan DataWait => TimeSpan.FromTicks(Interlocked.Read(ref _waitTicks));

    internal void AddReady() => Interlocked.Increment(ref _ready);

    internal void AddStep(StepBatch batch, int numDocuments, int numCut)
    {
        Interlocked.Decrement(ref _ready);
        Interlocked.Add(ref _documents, numDocuments);
        Interlocked.Add(ref _cut, numCut);
        Interlocked.Add(ref _tokens, batch.NumTokens);
        Interlocked.Add(ref _padding, batch.NumPositions - batch.NumTokens);
    }

    internal void AddSkipped(RowKind kind)
    {
        if (kind == RowKind.Null) Interlocked.Increment(ref _nulls);
        else if (kind == RowKind.Bad) Interlocked.Increment(ref _bad);
        else Interlocked.Increment(ref _empty);
    }

    internal void AddBytes(long bytes) => Interlocked.Add(ref _bytes, bytes);

    internal void AddWait(TimeSpan wait) => Interlocked.Add(ref _waitTicks, wait.Ticks);
}
