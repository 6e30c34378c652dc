using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lhts.Data.Batching;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Tests.Batching;

public sealed class DocumentPiecesTests
{
    private static readonly CharacterTokenizer Tokenizer = new("abcdefghij"); // end-of-text is 10

    [FsCheck.NUnit.Property]
    public void Split_AnyDocument_PredictsEveryTokenOnce(PositiveInt length, PositiveInt context, bool startWithEndOfText)
    {
        var options = Options(context.Get + 1, LongDocuments.Split, startWithEndOfText);
        var text = string.Concat(Enumerable.Range(0, length.Get).Select(i => (char)('a' + i % 10)));
        var tokens = DocumentPieces.Encode(Tokenizer, Encoding.UTF8.GetBytes(text), options);
        var predicted = new List<int>();
        for (var piece = 0; piece < DocumentPieces.Count(tokens.Length, options); piece++)
        {
            var sequence = DocumentPieces.Piece(tokens, piece, options).ToArray();
            Assert.That(sequence, Has.Length.InRange(2, options.ContextLength));
            if (piece > 0) Assert.That(sequence[0], Is.EqualTo(predicted[^1]));
            predicted.AddRange(sequence[1..]);
        }

        var whole = Tokenizer.Encode(text).Append(Tokenizer.EndOfText);
        Assert.That(predicted, Is.EqualTo(startWithEndOfText ? whole : whole.Skip(1)));
    }

    [TestCase(5, true, "10 0 1 2 3")]
    [TestCase(5, false, "0 1 2 3 4")]
    [TestCase(8, true, "10 0 1 2 3 4 5 10")]
    [TestCase(8, false, "0 1 2 3 4 5 10")]
    [TestCase(100, true, "10 0 1 2 3 4 5 10")]
    public void Cut_Document_IsItsBeginning(int context, bool startWithEndOfText, string expected)
    {
        var options = Options(context, LongDocuments.Cut, startWithEndOfText);
        var tokens = DocumentPieces.Encode(Tokenizer, "abcdef"u8, options);
        Assert.That(DocumentPieces.Count(tokens.Length, options), Is.EqualTo(1));
        Assert.That(string.Join(' ', DocumentPieces.Piece(tokens, 0, options).ToArray()), Is.EqualTo(expected));
    }

    private static BatchOptions Options(int context, LongDocuments longDocuments, bool start) =>
        new() { SequencesPerStep = 1, ContextLength = context, LongDocuments = longDocuments, StartWithEndOfText = start };
}
