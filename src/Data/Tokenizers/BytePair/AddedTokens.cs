namespace Lhts.Data.Tokenizers.BytePair;

/// <summary>Finds the texts of added tokens.</summary>
internal sealed class AddedTokens(IEnumerable<(int Id, byte[] Text)> tokens)
{
    // The longest first, so that among those that begin at one place it wins.
    private readonly (int Id, byte[] Text)[] _tokens = [.. tokens.Where(token => token.Text.Length > 0).OrderByDescending(token => token.Text.Length)];

    /// <summary>Begins a search through a text.</summary>
    public Search In(ReadOnlySpan<byte> utf8) => new(_tokens, utf8);

    /// <summary>A search from left to right; each token's next place is kept, so the whole costs one pass for each token.</summary>
    public readonly ref struct Search
    {
        private readonly (int Id, byte[] Text)[] _tokens;
        private readonly ReadOnlySpan<byte> _utf8;
        private readonly int[] _next;

        internal Search((int Id, byte[] Text)[] tokens, ReadOnlySpan<byte> utf8)
        {
            _tokens = tokens;
            _utf8 = utf8;
            _next = new int[tokens.Length];
            Array.Fill(_next, -1);
        }

        /// <summary>The first occurrence at or after a place: where, which id, how many bytes; the end, -1 and 0 when there is none.</summary>
        public (int At, int Id, int Length) Find(int start)
        {
            var found = (At: _utf8.Length, Id: -1, Length: 0);
            for (var i = 0; i < _tokens.Length; i++)
            {
                if (_next[i] < start) _next[i] = _utf8[start..].IndexOf(_tokens[i].Text) is var at and >= 0 ? start + at : _utf8.Length;
                if (_next[i] < found.At) found = (_next[i], _tokens[i].Id, _tokens[i].Text.Length);
            }

            return found;
        }
    }
}
