using Lhts.Sampling.Processors;

namespace Lhts.Sampling;

/// <summary>One sequence while it is generated.</summary>
internal sealed class SampleRow(long index, int[] prompt, int maxLength, double? longHorizonTemperature) : ITokenHistory
{
    private readonly List<float> logProbs = [];

    /// <summary>The sequence's number, which its random numbers depend on.</summary>
    public long Index { get; } = index;

    /// <summary>Greatest number of tokens, prompt included.</summary>
    public int MaxLength { get; } = maxLength;

    /// <summary>What a student of several temperatures is told; <see langword="null"/> for nothing.</summary>
    public double? LongHorizonTemperature { get; } = longHorizonTemperature;

    /// <summary>The prompt and what follows it so far.</summary>
    public List<int> Tokens { get; } = [.. prompt];

    /// <summary>Whether the end-of-text was generated.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether an observer ended it.</summary>
    public bool IsStopped { get; private set; }

    /// <inheritdoc/>
    public int PromptLength => prompt.Length;

    /// <inheritdoc/>
    public double LowestEntropy { get; set; } = double.PositiveInfinity;

    IReadOnlyList<int> ITokenHistory.Tokens => Tokens;

    /// <summary>Whether nothing more is to be generated.</summary>
    public bool IsFinished => IsComplete || IsStopped || Tokens.Count >= MaxLength;

    /// <summary>Adds a token with its log-probability, unless the row is finished and only rides along.</summary>
    /// <exception cref="InvalidDataException">The log-probability is NaN: the model's logits were no distribution.</exception>
    public void Append(int token, float logProb, int? endOfText, TokenObserver? observer)
    {
        if (IsFinished) return;
        if (float.IsNaN(logProb))
        {
            throw new InvalidDataException(
                $"The model's logits for sequence {Index} at position {Tokens.Count} are not numbers (NaN, or infinite), so that no token can be drawn. "
                + "Its weights are damaged or too large.");
        }

        Tokens.Add(token);
        logProbs.Add(logProb);
        IsComplete = token == endOfText;
        IsStopped = (observer?.Invoke(Index, token) ?? false) && !IsComplete;
    }

    /// <summary>The finished sequence.</summary>
    public SampledSequence ToSequence() => new([.. Tokens], prompt.Length, IsComplete) { LogProbs = [.. logProbs], IsStopped = IsStopped };
}
