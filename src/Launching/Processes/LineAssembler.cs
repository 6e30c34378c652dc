using System.Text;

namespace Lhts.Launching.Processes;

/// <summary>Cuts bytes of UTF-8 into lines, wherever the pieces end in which they come. A line that is too long is cut, so that memory is bounded.</summary>
internal sealed class LineAssembler(Action<string> line)
{
    /// <summary>Characters of the longest line.</summary>
    public const int MaxChars = 8192;

    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private readonly char[] chars = new char[4096];
    private readonly StringBuilder current = new();

    /// <summary>Takes a piece.</summary>
    public void Push(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            decoder.Convert(bytes, chars, flush: false, out var numBytes, out var numChars, out _);
            Take(chars.AsSpan(0, numChars));
            bytes = bytes[numBytes..];
        }
    }

    /// <summary>Gives the line that has no end.</summary>
    public void Finish()
    {
        decoder.Convert([], chars, flush: true, out _, out var numChars, out _);
        Take(chars.AsSpan(0, numChars));
        if (current.Length > 0) Give();
    }

    private void Take(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (character == '\n') Give();
            else current.Append(character);
            if (current.Length >= MaxChars && !char.IsHighSurrogate(current[^1])) Give();
        }
    }

    private void Give()
    {
        if (current.Length > 0 && current[^1] == '\r') current.Length--;
        line(current.ToString());
        current.Clear();
    }
}
