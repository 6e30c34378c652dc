namespace Lhts.Data.Tokenizers.BytePair;

/// <summary>Merges the bytes of one piece: always the pair of lowest rank, the leftmost among equals.</summary>
internal sealed class WordMerger(PairTable pairs, int[] byteIds)
{
    // Below this, scanning for the lowest pair again and again is faster than a heap; above, the heap keeps
    // the time near linear. The two give the same ids, which a test checks.
    private const int MaxScanned = 64;

    private readonly PriorityQueue<int, long> _queue = new();
    private int[] _ids = [];
    private int[] _next = [];
    private int[] _previous = [];

    public void Merge(ReadOnlySpan<byte> word, List<int> tokens)
    {
        if (word.Length <= MaxScanned) MergeByScanning(word, tokens);
        else MergeByHeap(word, tokens);
    }

    internal void MergeByScanning(ReadOnlySpan<byte> word, List<int> tokens)
    {
        Span<int> ids = stackalloc int[word.Length];
        Span<long> merges = stackalloc long[word.Length];
        for (var i = 0; i < word.Length; i++) ids[i] = byteIds[word[i]];
        var count = word.Length;
        for (var i = 0; i + 1 < count; i++) merges[i] = pairs.Find(ids[i], ids[i + 1]);
        while (count > 1)
        {
            var best = 0;
            for (var i = 1; i < count - 1; i++)
            {
                if (merges[i] < merges[best]) best = i;
            }

            if (merges[best] == PairTable.None) break;
            ids[best] = (int)merges[best];
            ids[(best + 2)..count].CopyTo(ids[(best + 1)..]);
            merges[(best + 1)..(count - 1)].CopyTo(merges[best..]);
            count--;
            if (best + 1 < count) merges[best] = pairs.Find(ids[best], ids[best + 1]);
            if (best > 0) merges[best - 1] = pairs.Find(ids[best - 1], ids[best]);
        }

        foreach (var id in ids[..count]) tokens.Add(id);
    }

    internal void MergeByHeap(ReadOnlySpan<byte> word, List<int> tokens)
    {
        Link(word);
        for (var at = 0; at + 1 < word.Length; at++) Enqueue(at);
        while (_queue.TryDequeue(out var at, out var priority))
        {
            // An entry is stale when one of its two has been merged away or into something else.
            if (_ids[at] < 0 || _next[at] < 0) continue;
            var merge = pairs.Find(_ids[at], _ids[_next[at]]);
            if (merge == PairTable.None || merge >> 32 != priority >> 32) continue;
            Join(at, (int)merge);
        }

        for (var at = 0; at >= 0; at = _next[at]) tokens.Add(_ids[at]);
    }

    private void Link(ReadOnlySpan<byte> word)
    {
        if (_ids.Length < word.Length) (_ids, _next, _previous) = (new int[word.Length], new int[word.Length], new int[word.Length]);
        for (var i = 0; i < word.Length; i++)
        {
            (_ids[i], _next[i], _previous[i]) = (byteIds[word[i]], i + 1, i - 1);
        }

        _next[word.Length - 1] = -1;
    }

    private void Enqueue(int at)
    {
        var merge = pairs.Find(_ids[at], _ids[_next[at]]);
        if (merge != PairTable.None) _queue.Enqueue(at, merge >> 32 << 32 | (uint)at);
    }

    private void Join(int at, int id)
    {
        var gone = _next[at];
        (_ids[at], _ids[gone]) = (id, -1);
        _next[at] = _next[gone];
        if (_next[at] >= 0)
        {
            _previous[_next[at]] = at;
            Enqueue(at);
        }

        if (_previous[at] >= 0) Enqueue(_previous[at]);
    }
}
