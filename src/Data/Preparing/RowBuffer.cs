namespace Lhts.Data.Preparing;

/// <summary>Text that arrives in parts and leaves as rows, cut between words, so that a text of any length takes the memory of a row or two.</summary>
/// <param name="maxRowBytes">Most bytes of a row.</param>
internal sealed class RowBuffer(int maxRowBytes)
{
    private byte[] buffer = new byte[1 << 10];
    private int start;
    private int end;

    /// <summary>Bytes that are waiting.</summary>
    public int Length => end - start;

    /// <summary>What is waiting; good until the next part is added.</summary>
    public ReadOnlyMemory<byte> Rest => buffer.AsMemory(start, Length);

    /// <summary>Adds a part.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, Length).CopyTo(buffer);
            (start, end) = (0, Length);
        }

        if (end + text.Length > buffer.Length) Array.Resize(ref buffer, Math.Max(end + text.Length, 2 * buffer.Length));
        text.CopyTo(buffer.AsSpan(end));
        end += text.Length;
    }

    /// <summary>Takes a row out, where more than one is waiting; it is good until the next part is added.</summary>
    public bool TryCut(out ReadOnlyMemory<byte> row)
    {
        row = default;
        if (Length <= maxRowBytes) return false;
        row = buffer.AsMemory(start, TextCut.At(buffer.AsSpan(start, Length), maxRowBytes));
        start += row.Length;
        return true;
    }

    /// <summary>Forgets what is waiting.</summary>
    public void Clear() => (start, end) = (0, 0);
}
