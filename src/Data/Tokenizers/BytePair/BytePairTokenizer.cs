using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Lhts.Data.Tokenizers.BytePair;

/// <summary>
/// Byte-level byte pair encoding as in GPT-2: the text is cut by GPT-2's pattern, and within each piece bytes are merged
/// by rank. Encoding and decoding are exact for any bytes. The name of a special token in a text is text like any other, so
/// that no document can end itself; <see cref="RecognizingSpecialTokens"/> gives a tokenizer that takes it for the token.
/// </summary>
public sealed class BytePairTokenizer : ITokenizer
{
    private readonly BytePairVocabulary _vocabulary;
    private readonly PairTable _pairs;
    private readonly AddedTokens _added;
    private readonly HashSet<int> _silent;
    private readonly ConcurrentBag<Worker> _workers = [];

    internal BytePairTokenizer(BytePairVocabulary vocabulary, bool recognizesSpecialTokens = false)
    {
        _vocabulary = vocabulary;
        _pairs = new PairTable(vocabulary.Merges);
        _added = new AddedTokens(
            vocabulary.Added.Where(token => recognizesSpecialTokens || !token.IsSpecial).Select(token => (token.Id, vocabulary.Tokens[token.Id])));
        _silent = [.. vocabulary.Added.Where(token => token.IsSpecial).Select(token => token.Id)];
        Fingerprint = vocabulary.Fingerprint + (recognizesSpecialTokens ? "+special" : "");
    }

    /// <inheritdoc/>
    public int VocabularySize => _vocabulary.Tokens.Count;

    /// <inheritdoc/>
    public int EndOfText => _vocabulary.EndOfText;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    internal BytePairVocabulary Vocabulary => _vocabulary;

    /// <summary>The same tokenizer, but the name of a special token in a text becomes that token, as in Hugging Face's default.</summary>
    public BytePairTokenizer RecognizingSpecialTokens() => new(_vocabulary, recognizesSpecialTokens: true);

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> utf8, List<int> tokens, int enough = int.MaxValue)
    {
        if (!_workers.TryTake(out var worker)) worker = new Worker(_pairs, _vocabulary.ByteIds);
        var target = enough > int.MaxValue - tokens.Count ? int.MaxValue : tokens.Count + enough;
        var added = _added.In(utf8);
        for (var start = 0; start < utf8.Length && tokens.Count < target;)
        {
            var (at, id, length) = added.Find(start);
            worker.Encode(utf8[start..at], tokens, target);
            if (id >= 0 && tokens.Count < target) tokens.Add(id);
            start = at + length;
        }

        _workers.Add(worker);
    }

    /// <inheritdoc/>
    public void Decode(ReadOnlySpan<int> tokens, List<byte> utf8)
    {
        foreach (var token in tokens)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)VocabularySize, nameof(tokens));
            if (!_silent.Contains(token)) utf8.AddRange(_vocabulary.Tokens[token].AsSpan());
        }
    }

    /// <inheritdoc/>
    public void Save(string folder) => TokenizerJson.Write(_vocabulary, folder);

    /// <summary>The cache and scratch memory of one thread.</summary>
    private sealed class Worker(PairTable pairs, int[] byteIds)
    {
        private readonly WordCache _cache = new();
        private readonly WordMerger _merger = new(pairs, byteIds);

        public void Encode(ReadOnlySpan<byte> utf8, List<int> tokens, int target)
        {
            for (var start = 0; start < utf8.Length && tokens.Count < target;)
            {
                var length = WordScanner.End(utf8, start) - start;
                if (length > WordCache.MaxWordBytes) _merger.Merge(utf8.Slice(start, length), tokens);
                else if (!_cache.TryAppend(utf8[start..], length, tokens, out var key)) Learn(key, utf8.Slice(start, length), tokens);
                start += length;
            }
        }

        private void Learn(WordCache.WordKey key, ReadOnlySpan<byte> word, List<int> tokens)
        {
            var count = tokens.Count;
            _merger.Merge(word, tokens);
            _cache.Add(key, CollectionsMarshal.AsSpan(tokens)[count..]);
        }
    }
}
