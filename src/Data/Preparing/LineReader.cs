using System.Text.Unicode;

namespace Lhts.Data.Preparing;

/// <summary>Reads lines of UTF-8, without their ends (LF or CRLF), through one buffer that grows to the longest line, or piece of one.</summary>
/// <param name="stream">What is read.</param>
/// <param name="name">The file, for messages.</param>
/// <param name="maxLineBytes">A longer line is an error.</param>
/// <param name="maxPieceBytes">A longer line comes in pieces, cut between words. Default: never.</param>
internal sealed class LineReader(Stream stream, string name, int maxLineBytes, int maxPieceBytes = int.MaxValue)
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _atEnd;

    /// <summary>Number of the last line, counted from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Whether what was given last is not the end of its line: the next is more of it.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The next line, or piece of a long one; good until the next call. False after the last.</summary>
    /// <exception cref="InvalidDataException">The line is too long or no UTF-8.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        line = default;
        var scanned = 0;
        int length;
        while ((length = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOf((byte)'\n')) < 0)
        {
            scanned = _end - _start;
            if (scanned > maxPieceBytes || !Fill()) break;
        }

        if (length < 0 && scanned == 0) return false;
        line = Take(length < 0 ? scanned : scanned + length, hasEnd: length >= 0);
        if (line.Length > maxLineBytes) throw TooLong(LineNumber);
        if (!Utf8.IsValid(line.Span)) throw NotUtf8();
        return true;
    }

    private Memory<byte> Take(int length, bool hasEnd)
    {
        if (!IsCut) LineNumber++;
        var isStart = LineNumber == 1 && !IsCut;
        IsCut = length > maxPieceBytes;
        if (IsCut) length = TextCut.At(_buffer.AsSpan(_start, length), maxPieceBytes);
        var content = _buffer.AsMemory(_start, length);
        _start += length + (hasEnd && !IsCut ? 1 : 0);
        if (isStart && content.Span.StartsWith(ByteOrderMark)) content = content[ByteOrderMark.Length..];
        return !IsCut && content.Length > 0 && content.Span[^1] == '\r' ? content[..^1] : content;
    }

    private bool Fill()
    {
        if (_atEnd) return false;
        if (_end - _start > maxLineBytes) throw TooLong(LineNumber + 1);
        if (_start > 0) _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length) Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, Math.Max(maxLineBytes + 2L, _buffer.Length + 1L)));
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _atEnd = read == 0;
        return !_atEnd;
    }

    private InvalidDataException TooLong(long line) =>
        new($"'{name}' line {line} is longer than {maxLineBytes} bytes, the most that a document may have. Cut it into documents.");

    private InvalidDataException NotUtf8() =>
        new($"'{name}' line {LineNumber} is not UTF-8. Convert the file, for example with iconv -f LATIN1 -t UTF-8.");
}
