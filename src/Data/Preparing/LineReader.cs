using System.Text.Unicode;

namespace Lhts.Data.Preparing;

/// <summary>Reads lines of UTF-8, without their ends (LF or CRLF), through one buffer that grows to the longest line.</summary>
internal sealed class LineReader(Stream stream, string name, int maxLineBytes)
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _atEnd;

    /// <summary>Number of the last line, counted from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>The next line, good until the next call; false after the last.</summary>
    /// <exception cref="InvalidDataException">The line is too long or no UTF-8.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        line = default;
        var scanned = 0;
        int length;
        while ((length = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOf((byte)'\n')) < 0)
        {
            scanned = _end - _start;
            if (!Fill()) break;
        }

        if (length < 0 && scanned == 0) return false;
        var content = _buffer.AsMemory(_start, length < 0 ? scanned : scanned + length);
        _start += content.Length + (length < 0 ? 0 : 1);
        LineNumber++;
        if (LineNumber == 1 && content.Span.StartsWith(ByteOrderMark)) content = content[ByteOrderMark.Length..];
        if (content.Length > 0 && content.Span[^1] == '\r') content = content[..^1];
        if (content.Length > maxLineBytes) throw TooLong(LineNumber);
        if (!Utf8.IsValid(content.Span)) throw NotUtf8();
        line = content;
        return true;
    }

    private bool Fill()
    {
        if (_atEnd) return false;
        if (_end - _start > maxLineBytes) throw TooLong(LineNumber + 1);
        if (_start > 0) _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length) Array.Resize(ref _buffer, checked(_buffer.Length * 2));
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
