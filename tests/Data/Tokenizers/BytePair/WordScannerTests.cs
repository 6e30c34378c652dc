using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Lhts.Data.Tokenizers.BytePair;

namespace Lhts.Data.Tests.Tokenizers.BytePair;

public sealed partial class WordScannerTests
{
    // Characters on which the pattern's branches differ.
    private static readonly string[] Alphabet =
        ["a", "B", "é", "ß", "中", "1", "²", "Ⅷ", "٣", " ", " ", "\n", "\t", "\u00A0", "\u2003", "\u0085", "'", "'s", "'ll", "'re", "'R", "!", ".", "_", "€",
            "😀", "\u0301", "\u200B", "𝒳", "𐍈", "\0"];

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public void Pieces_OfAnyText_AreTheMatchesOfThePattern(int[] letters)
    {
        var text = string.Concat(letters.Select(letter => Alphabet[Math.Abs(letter % Alphabet.Length)]));
        Assert.That(Pieces(text), Is.EqualTo(Matches(text)));
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public void Pieces_OfAnyString_AreTheMatchesOfThePattern(NonEmptyString any)
    {
        var text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(any.Get));
        Assert.That(Pieces(text), Is.EqualTo(Matches(text)));
    }

    [Test]
    public void Classes_OfEveryBasicCharacter_AreThoseOfTheRegex()
    {
        for (var value = 0; value < 0x10000; value++)
        {
            if (!Rune.IsValid(value)) continue;
            var text = new Rune(value).ToString();
            var expected = Letter().IsMatch(text) ? CharacterClass.Letter
                : Number().IsMatch(text) ? CharacterClass.Number
                : Space().IsMatch(text) ? CharacterClass.Space : CharacterClass.Other;
            Assert.That(CharacterClasses.At(Encoding.UTF8.GetBytes(text), out _), Is.EqualTo(expected), $"U+{value:X4}");
        }
    }

    [Test]
    public void Pieces_OfBytesThatAreNoUtf8_CoverThemAll()
    {
        byte[] bytes = [0xFF, (byte)'a', 0xC3, 0xC3, 0xA9, 0xF0, 0x9F, (byte)' ', 0x80];
        var end = 0;
        while (end < bytes.Length)
        {
            var next = WordScanner.End(bytes, end);
            Assert.That(next, Is.GreaterThan(end));
            end = next;
        }

        Assert.That(end, Is.EqualTo(bytes.Length));
    }

    private static List<string> Pieces(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var pieces = new List<string>();
        for (var start = 0; start < utf8.Length;)
        {
            var end = WordScanner.End(utf8, start);
            pieces.Add(Encoding.UTF8.GetString(utf8[start..end]));
            start = end;
        }

        return pieces;
    }

    // .NET matches UTF-16 units, so letters beyond the basic plane are written as one of it, and back by length.
    private static List<string> Matches(string text)
    {
        var runes = text.EnumerateRunes().ToArray();
        var basic = string.Concat(runes.Select(rune => rune.IsBmp ? rune.ToString() : Rune.IsLetter(rune) ? "a" : Rune.IsNumber(rune) ? "1" : "!"));
        var pieces = new List<string>();
        foreach (Match match in Pattern().Matches(basic)) pieces.Add(string.Concat(runes.Skip(match.Index).Take(match.Length)));
        return pieces;
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^\p{L}$")]
    private static partial Regex Letter();

    [GeneratedRegex(@"^\p{N}$")]
    private static partial Regex Number();

    [GeneratedRegex(@"^\s$")]
    private static partial Regex Space();
}
