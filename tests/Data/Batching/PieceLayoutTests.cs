using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lhts.Data.Batching;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Tests.Batching;

public sealed class PieceLayoutTests
{
    private static readonly CharacterTokenizer Tokenizer = new("abcdefghij"); // end-of-text is 10

    /// <summary>Every token but the first is scored once, behind the token before it and before those that its weight looks at.</summary>
    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void Split_AnyDocument_ScoresEveryTokenOnceWithItsLookAhead(
        PositiveInt length, PositiveInt context, byte lookAhead, ulong draw, bool startWithEndOfText)
    {
        var options = Options(context.Get + 1, LongDocuments.Split, startWithEndOfText) with { LookAhead = lookAhead % context.Get, MovesPieces = true };
        var tokens = DocumentTokens.Encode(Tokenizer, Encoding.UTF8.GetBytes(Text(length.Get)), options);
        var layout = new PieceLayout(tokens.Length, options, draw);
        var (scored, numRead) = (1, 0);
        for (var piece = 0; piece < layout.Count; piece++)
        {
            var (sequence, ahead) = (layout.Tokens(tokens, piece).ToArray(), layout.LookAheadOf(piece));
            Assert.That(sequence, Has.Length.InRange(2, options.ContextLength));
            Assert.That(sequence.Length - 1 - ahead, Is.GreaterThan(0), "a token is scored");
            Assert.That(sequence, Is.EqualTo(tokens.AsSpan(scored - 1, sequence.Length).ToArray()));
            scored += sequence.Length - 1 - ahead;
            numRead += sequence.Length - 1;
            Assert.That(ahead, Is.EqualTo(piece + 1 < layout.Count ? options.LookAhead : 0));
            Assert.That(scored + ahead < tokens.Length, Is.EqualTo(piece + 1 < layout.Count), "a look-ahead never reaches the document's end");
        }

        Assert.That(scored, Is.EqualTo(tokens.Length));
        Assert.That(numRead, Is.EqualTo(layout.NumRead));
    }

    [FsCheck.NUnit.Property]
    public void Split_WhereverThePiecesStart_HasTheFewest(PositiveInt length, PositiveInt context, byte lookAhead, ulong draw)
    {
        var options = Options(context.Get + 1, LongDocuments.Split, start: true) with { LookAhead = lookAhead % context.Get };
        var (fixedOnes, moved) = (new PieceLayout(length.Get + 1, options, draw), new PieceLayout(length.Get + 1, options with { MovesPieces = true }, draw));
        Assert.That(moved.Count, Is.EqualTo(fixedOnes.Count));
        var most = context.Get + ((fixedOnes.Count - 1) * (context.Get - options.LookAhead));
        Assert.That(length.Get, Is.LessThanOrEqualTo(most).And.GreaterThan(fixedOnes.Count == 1 ? 0 : most - (context.Get - options.LookAhead)));
    }

    // The picture of docs/data.md: 12 predictions in pieces of 5, the last 2 looked ahead at.
    [TestCase(false, "0123 45, 3456 78, 6789 ab, 9abc")]
    [TestCase(true, "012 34, 2345 67, 5678 9a, 89abc")]
    public void Split_WithALookAhead_ReadsWhatTheNextPieceScores(bool isMoved, string expected)
    {
        var options = Options(6, LongDocuments.Split, start: true) with { LookAhead = 2, MovesPieces = isMoved };
        var tokens = Enumerable.Range(0, 13).ToArray();
        var layouts = Enumerable.Range(0, 64).Select(draw => new PieceLayout(tokens.Length, options, (ulong)draw));
        var layout = layouts.First(layout => !isMoved || layout.Tokens(tokens, 1).Span[0] == 2);
        Assert.That(string.Join(", ", Enumerable.Range(0, layout.Count).Select(Show)), Is.EqualTo(expected));

        string Show(int piece)
        {
            var read = string.Concat(layout.Tokens(tokens, piece).ToArray().Select(token => $"{token:x}"));
            return layout.LookAheadOf(piece) == 0 ? read : $"{read[..^2]} {read[^2..]}";
        }
    }

    [Test]
    public void Moving_OverManyDraws_StartsAtEachPlaceThatThereIsRoomFor()
    {
        var options = Options(11, LongDocuments.Split, start: true) with { LookAhead = 3, MovesPieces = true };
        var tokens = Enumerable.Range(0, 21).ToArray(); // 20 predictions: 7 + 7 and 10 in the last, 4 to spare
        var starts = Enumerable.Range(0, 500).Select(draw => new PieceLayout(tokens.Length, options, (ulong)draw).Tokens(tokens, 1).Span[0]).ToArray();
        Assert.That(starts.Distinct().Order(), Is.EqualTo(new[] { 3, 4, 5, 6, 7 }));
        Assert.That(starts.GroupBy(start => start).Select(group => group.Count()), Is.All.InRange(65, 135));
    }

    [TestCase(5, true, "10 0 1 2 3")]
    [TestCase(5, false, "0 1 2 3 4")]
    [TestCase(8, true, "10 0 1 2 3 4 5 10")]
    [TestCase(8, false, "0 1 2 3 4 5 10")]
    [TestCase(100, true, "10 0 1 2 3 4 5 10")]
    public void Cut_Document_IsItsBeginning(int context, bool startWithEndOfText, string expected)
    {
        var options = Options(context, LongDocuments.Cut, startWithEndOfText) with { LookAhead = 1, MovesPieces = true };
        var tokens = DocumentTokens.Encode(Tokenizer, "abcdef"u8, options);
        var layout = new PieceLayout(tokens.Length, options, draw: 7);
        Assert.That((layout.Count, layout.LookAheadOf(0)), Is.EqualTo((1, 0)));
        Assert.That(string.Join(' ', layout.Tokens(tokens, 0).ToArray()), Is.EqualTo(expected));
    }

    private static string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 10))));

    private static BatchOptions Options(int context, LongDocuments longDocuments, bool start) =>
        new() { SequencesPerStep = 1, ContextLength = context, LongDocuments = longDocuments, StartWithEndOfText = start };
}
