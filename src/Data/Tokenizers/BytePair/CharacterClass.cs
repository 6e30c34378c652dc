using System.Globalization;
using System.Text;

namespace Lhts.Data.Tokenizers.BytePair;

/// <summary>What GPT-2's pattern tells apart.</summary>
internal enum CharacterClass : byte
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>\p{L}.</summary>
    Letter,

    /// <summary>\p{N}.</summary>
    Number,

    /// <summary>\s: the Unicode property White_Space.</summary>
    Space,
}

/// <summary>Classes of characters in UTF-8.</summary>
internal static class CharacterClasses
{
    private const int NumBasic = 0x10000;

    private static readonly CharacterClass[] Basic = MakeBasic();

    /// <summary>The class of the character at the start and its bytes; a byte that starts none is a character of its own.</summary>
    public static CharacterClass At(ReadOnlySpan<byte> utf8, out int length)
    {
        if (utf8[0] < 0x80)
        {
            length = 1;
            return Basic[utf8[0]];
        }

        if (Rune.DecodeFromUtf8(utf8, out var rune, out length) != System.Buffers.OperationStatus.Done)
        {
            length = 1;
            return CharacterClass.Other;
        }

        return rune.IsBmp ? Basic[rune.Value] : Classify(rune);
    }

    private static CharacterClass[] MakeBasic()
    {
        var classes = new CharacterClass[NumBasic];
        for (var value = 0; value < NumBasic; value++)
        {
            if (Rune.IsValid(value)) classes[value] = Classify(new Rune(value));
        }

        return classes;
    }

    private static CharacterClass Classify(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        <= UnicodeCategory.OtherLetter => CharacterClass.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
        _ => Rune.IsWhiteSpace(rune) ? CharacterClass.Space : CharacterClass.Other,
    };
}
