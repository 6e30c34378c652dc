namespace Lhts.Data.Batching;

/// <summary>
/// Which of a document's tokens each of its pieces has. A piece starts with the token before the first that it predicts, and has C-1
/// predictions at most: those that are scored, each in one piece alone, and up to h behind them that are read and not scored. A piece
/// with such a look-ahead is never the document's last, and the last has none. There are as few pieces as can be; the room that they leave
/// is shared out between the first and the last by the draw.
/// </summary>
internal readonly record struct PieceLayout
{
    private readonly int _numPredicted;
    private readonly int _lookAhead;
    private readonly int _stride; // tokens that a full piece scores
    private readonly int _shift; // tokens that the first piece has fewer

    /// <param name="numTokens">Tokens of the document, the first included.</param>
    /// <param name="options">Cut or split, the context and the look-ahead.</param>
    /// <param name="draw">Of this document in this epoch; decides where its pieces start if they move.</param>
    public PieceLayout(int numTokens, BatchOptions options, ulong draw)
    {
        var room = options.ContextLength - 1;
        var isSplit = options.LongDocuments == LongDocuments.Split && numTokens - 1 > room;
        _numPredicted = isSplit ? numTokens - 1 : Math.Min(numTokens - 1, room);
        _lookAhead = isSplit ? options.LookAhead : 0;
        _stride = room - _lookAhead;
        Count = isSplit ? (_numPredicted - _lookAhead + _stride - 1) / _stride : 1;
        var spare = Count * _stride + _lookAhead - _numPredicted;
        _shift = isSplit && options.MovesPieces ? Order.IntegerHash.Draw(draw, 0, spare + 1) : 0;
    }

    /// <summary>Pieces of the document.</summary>
    public int Count { get; }

    /// <summary>Predictions of all pieces, those of the look-aheads included.</summary>
    public int NumRead => _numPredicted + (Count - 1) * _lookAhead;

    /// <summary>Tokens that a piece reads and does not score, at its end.</summary>
    public int LookAheadOf(int piece) => piece + 1 < Count ? _lookAhead : 0;

    /// <summary>The tokens of a piece.</summary>
    public ReadOnlyMemory<int> Tokens(int[] document, int piece) => document.AsMemory(StartOf(piece), NumReadIn(piece) + 1);

    /// <summary>A piece's part of what is kept for each prediction, piece after piece.</summary>
    public ReadOnlyMemory<float> Kept(ReadOnlyMemory<float> predicted, int piece) =>
        predicted.Slice(StartOf(piece) + piece * _lookAhead, NumReadIn(piece));

    private int StartOf(int piece) => piece == 0 ? 0 : piece * _stride - _shift;

    private int NumReadIn(int piece) => (piece + 1 < Count ? StartOf(piece + 1) + _lookAhead : _numPredicted) - StartOf(piece);
}
