namespace Lhts.Sampling;

/// <summary>One sequence while it is generated.</summary>
internal sealed class SampleRow(long index, int[] prompt, int maxLength)
{
    /// <summary>The sequence's number, which its random numbers depend on.</summary>
    public long Index { get; } = index;

    /// <summary>Greatest number of tokens, prompt included.</summary>
    public int MaxLength { get; } = maxLength;

    /// <summary>The prompt and what follows it so far.</summary>
    public List<int> Tokens { get; } = [.. prompt];

    /// <summary>Whether the end-of-text was generated.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether nothing more is to be generated.</summary>
    public bool IsFinished => IsComplete || Tokens.Count >= MaxLength;

    /// <summary>Adds a token, unless the row is finished and only rides along.</summary>
    public void Append(int token, int? endOfText)
    {
        if (IsFinished) return;
        Tokens.Add(token);
        IsComplete = token == endOfText;
    }

    /// <summary>The finished sequence.</summary>
    public SampledSequence ToSequence() => new([.. Tokens], prompt.Length, IsComplete);
}
