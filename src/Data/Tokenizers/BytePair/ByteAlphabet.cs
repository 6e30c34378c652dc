namespace Lhts.Data.Tokenizers.BytePair;

/// <summary>
/// The printable stand-in that GPT-2's files use for each byte: printable Latin-1 characters stand for themselves, the
/// other 68 bytes for U+0100 and on. Base ids count in the same order.
/// </summary>
internal static class ByteAlphabet
{
    public const int NumBytes = 256;

    private const char FirstStandIn = '\u0100';

    private static readonly char[] Characters = new char[NumBytes];
    private static readonly Dictionary<char, byte> Bytes = [];

    static ByteAlphabet()
    {
        var all = Enumerable.Range(0, NumBytes).ToArray();
        var standIn = FirstStandIn;
        foreach (var value in all) Characters[value] = IsPrintable(value) ? (char)value : standIn++;
        foreach (var value in all) Bytes[Characters[value]] = (byte)value;
        InBaseOrder = [.. all.Where(IsPrintable).Concat(all.Where(value => !IsPrintable(value))).Select(value => (byte)value)];
    }

    /// <summary>The byte of each base id 0..255.</summary>
    public static IReadOnlyList<byte> InBaseOrder { get; }

    /// <summary>Bytes as the files write them.</summary>
    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new char[bytes.Length];
        for (var i = 0; i < bytes.Length; i++) text[i] = Characters[bytes[i]];
        return new string(text);
    }

    /// <summary>The bytes that a file's token stands for; false when it has another character.</summary>
    public static bool TryRead(string token, out byte[] bytes)
    {
        bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            if (!Bytes.TryGetValue(token[i], out bytes[i])) return false;
        }

        return true;
    }

    private static bool IsPrintable(int value) => value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE;
}
