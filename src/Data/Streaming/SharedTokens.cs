namespace Lhts.Data.Streaming;

/// <summary>
/// The tokens of very long documents, once for all lanes that are in the middle of the same one: a data set of few documents gives every lane the same, in
/// epochs of its own. Forgotten when the last lane has let go. Safe for many threads.
/// </summary>
internal sealed class SharedTokens
{
    // Shorter ones are encoded again: few lanes can be in the middle of one for long, and all of them together take little.
    private const int MinBytes = 1 << 20;

    private readonly Dictionary<long, WeakReference<int[]>> _tokens = [];

    /// <summary>The tokens of a document: those that are there, or what encoding it gives. Very long ones are encoded one at a time.</summary>
    /// <param name="document">Its row.</param>
    /// <param name="numBytes">Size of its text.</param>
    /// <param name="encode">Encodes it.</param>
    public int[] Of(long document, int numBytes, Func<int[]> encode)
    {
        if (numBytes < MinBytes) return encode();
        lock (_tokens)
        {
            if (_tokens.TryGetValue(document, out var there) && there.TryGetTarget(out var tokens)) return tokens;
            tokens = encode();
            foreach (var (forgotten, _) in _tokens.Where(entry => !entry.Value.TryGetTarget(out _)).ToArray()) _tokens.Remove(forgotten);
            _tokens[document] = new WeakReference<int[]>(tokens);
            return tokens;
        }
    }
}
