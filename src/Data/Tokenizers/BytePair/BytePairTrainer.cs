using System.Text;

namespace Lhts.Data.Tokenizers.BytePair;

/// <summary>
/// Learns a byte-level BPE (Sennrich et al. 2016): merges the most frequent pair of ids until the vocabulary is full. Among
/// equally frequent pairs the one of lower ids goes first, so the result depends only on how often each piece occurs.
/// </summary>
public sealed class BytePairTrainer
{
    private readonly List<byte[]> _tokens = [];
    private readonly Dictionary<string, int> _ids = [];
    private readonly List<Merge> _merges = [];
    private readonly HashSet<Pair> _merged = [];
    private readonly List<int[]> _words = [];
    private readonly List<long> _wordCounts = [];
    private readonly Dictionary<Pair, long> _pairCounts = [];
    private readonly Dictionary<Pair, HashSet<int>> _pairWords = [];
    private readonly PriorityQueue<Pair, (long NegativeCount, Pair Pair)> _queue = new();

    private BytePairTrainer()
    {
    }

    /// <summary>Learns from texts.</summary>
    /// <param name="texts">UTF-8 documents.</param>
    /// <param name="options">Size of the vocabulary.</param>
    /// <param name="progress">Told the number of tokens after each merge.</param>
    /// <param name="cancellation">Stops between two texts or merges.</param>
    public static BytePairTokenizer Train(
        IEnumerable<ReadOnlyMemory<byte>> texts, BytePairTrainingOptions options, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.VocabularySize, ByteAlphabet.NumBytes);
        var counts = new WordCounts();
        var numBytes = 0L;
        foreach (var text in texts)
        {
            cancellation.ThrowIfCancellationRequested();
            counts.Add(text.Span);
            if ((numBytes += text.Length) >= options.MaxBytes) break;
        }

        var trainer = new BytePairTrainer();
        trainer.Load(counts);
        trainer.Learn(options, progress, cancellation);
        return trainer.Finish();
    }

    private void Load(WordCounts counts)
    {
        _tokens.AddRange(ByteAlphabet.InBaseOrder.Select(value => new[] { value }));
        var ids = new int[ByteAlphabet.NumBytes];
        for (var id = 0; id < ids.Length; id++) ids[ByteAlphabet.InBaseOrder[id]] = id;
        for (var id = 0; id < ids.Length; id++) _ids[ByteAlphabet.Write(_tokens[id])] = id;
        foreach (var (word, count) in counts.Sorted())
        {
            _words.Add(Array.ConvertAll(word, value => ids[value]));
            _wordCounts.Add(count);
            Count(_words.Count - 1, count, changed: null);
        }

        foreach (var pair in _pairCounts.Keys) Enqueue(pair);
    }

    private void Learn(BytePairTrainingOptions options, IProgress<int>? progress, CancellationToken cancellation)
    {
        while (_tokens.Count < options.VocabularySize - 1 && _queue.TryDequeue(out var pair, out var priority))
        {
            cancellation.ThrowIfCancellationRequested();
            var count = _pairCounts.GetValueOrDefault(pair);
            if (count != -priority.NegativeCount) continue; // Stale: an entry with the new count is in the queue.
            if (count < options.MinOccurrences) break;
            if (Spells(pair, BytePairTrainingOptions.EndOfTextName)) continue; // Its name would be the special token's.
            Apply(pair);
            progress?.Report(_tokens.Count);
        }
    }

    private bool Spells(Pair pair, string name) =>
        _tokens[pair.Left].Length + _tokens[pair.Right].Length == name.Length
        && Encoding.UTF8.GetString([.. _tokens[pair.Left], .. _tokens[pair.Right]]) == name;

    private void Apply(Pair pair)
    {
        var id = IdOf(pair);
        if (_merged.Add(pair)) _merges.Add(new Merge(pair.Left, pair.Right, id));
        var changed = new HashSet<Pair>();
        foreach (var word in _pairWords[pair].Order().ToArray())
        {
            Count(word, -_wordCounts[word], changed);
            _words[word] = Replace(_words[word], pair, id);
            Count(word, _wordCounts[word], changed);
        }

        _pairCounts.Remove(pair);
        _pairWords.Remove(pair);
        foreach (var other in changed) Enqueue(other);
    }

    // Two pairs can spell the same bytes: "a" + "bc", "ab" + "c". They share an id.
    private int IdOf(Pair pair)
    {
        byte[] bytes = [.. _tokens[pair.Left], .. _tokens[pair.Right]];
        var name = ByteAlphabet.Write(bytes);
        if (_ids.TryGetValue(name, out var id)) return id;
        _tokens.Add(bytes);
        return _ids[name] = _tokens.Count - 1;
    }

    private void Count(int word, long count, HashSet<Pair>? changed)
    {
        var ids = _words[word];
        for (var i = 0; i + 1 < ids.Length; i++)
        {
            var pair = new Pair(ids[i], ids[i + 1]);
            _pairCounts[pair] = _pairCounts.GetValueOrDefault(pair) + count;
            changed?.Add(pair);
            if (count < 0) continue;
            if (!_pairWords.TryGetValue(pair, out var words)) _pairWords[pair] = words = [];
            words.Add(word);
        }
    }

    private void Enqueue(Pair pair)
    {
        if (_pairCounts.TryGetValue(pair, out var count) && count > 0) _queue.Enqueue(pair, (-count, pair));
    }

    private static int[] Replace(int[] ids, Pair pair, int id)
    {
        var merged = new List<int>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            var isPair = i + 1 < ids.Length && ids[i] == pair.Left && ids[i + 1] == pair.Right;
            merged.Add(isPair ? id : ids[i]);
            if (isPair) i++;
        }

        return [.. merged];
    }

    private BytePairTokenizer Finish()
    {
        var endOfText = _tokens.Count;
        _tokens.Add(Encoding.UTF8.GetBytes(BytePairTrainingOptions.EndOfTextName));
        return new BytePairTokenizer(new BytePairVocabulary(_tokens, _merges, [new AddedToken(endOfText, IsSpecial: true)], endOfText));
    }

    private readonly record struct Pair(int Left, int Right) : IComparable<Pair>
    {
        public int CompareTo(Pair other) => Left != other.Left ? Left.CompareTo(other.Left) : Right.CompareTo(other.Right);
    }
}

/// <summary>How to learn a byte-level BPE.</summary>
public sealed record BytePairTrainingOptions
{
    /// <summary>The name of the special token that ends documents, as in GPT-2.</summary>
    public const string EndOfTextName = "<|endoftext|>";

    /// <summary>V: 256 bytes, the merges and end-of-text. Fewer are learnt when the texts have no more pairs.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>A pair that occurs less often is not merged; default 2.</summary>
    public long MinOccurrences { get; init; } = 2;

    /// <summary>Texts after this many bytes are not looked at; default 1 GiB.</summary>
    public long MaxBytes { get; init; } = 1L << 30;
}
