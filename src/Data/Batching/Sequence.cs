namespace Lhts.Data.Batching;

/// <summary>What one place of a step trains on: a sequence, and what belongs to it wherever it goes.</summary>
/// <param name="Lane">Place within the step.</param>
/// <param name="DocumentId">Row of the document, counted over the data set; of a sequence that a model drew, its number among all that are drawn.</param>
/// <param name="Piece">Piece of the document, counted from 0.</param>
/// <param name="Tokens">Its tokens, at least 2.</param>
public sealed record Sequence(int Lane, long DocumentId, int Piece, ReadOnlyMemory<int> Tokens)
{
    /// <summary>The teacher's log-probs of all tokens but the first. Default null: none are kept.</summary>
    public ReadOnlyMemory<float>? LogProbs { get; init; }

    /// <summary>The log-probs of all tokens but the first under what drew them, at the time. Default null: not known, as of documents.</summary>
    public ReadOnlyMemory<float>? DrawnLogProbs { get; init; }

    /// <summary>The long-horizon temperature that it is for. Default null: the step draws one.</summary>
    public double? Temperature { get; init; }

    /// <summary>Leading tokens that are read and neither scored nor drawn, at least 1. Default 1.</summary>
    public int PromptLength { get; init; } = 1;

    /// <summary>Trailing tokens that are read, so that weights can look at them, and scored in the next piece of the document. Default 0.</summary>
    public int LookAhead { get; init; }

    /// <summary>Sequences of one group are compared with each other, such as draws for one prompt. Default 0.</summary>
    public int Group { get; init; }
}
