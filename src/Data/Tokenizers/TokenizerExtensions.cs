using System.Runtime.InteropServices;
using System.Text;

namespace Lhts.Data.Tokenizers;

/// <summary>Tokenizers with strings.</summary>
public static class TokenizerExtensions
{
    /// <summary>The ids of a text.</summary>
    public static int[] Encode(this ITokenizer tokenizer, string text)
    {
        var tokens = new List<int>();
        tokenizer.Encode(Encoding.UTF8.GetBytes(text), tokens);
        return [.. tokens];
    }

    /// <summary>The text of the ids; bytes that form no character become U+FFFD.</summary>
    public static string Decode(this ITokenizer tokenizer, ReadOnlySpan<int> tokens)
    {
        var utf8 = new List<byte>();
        tokenizer.Decode(tokens, utf8);
        return Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(utf8));
    }
}
