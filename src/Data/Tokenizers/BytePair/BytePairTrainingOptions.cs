namespace Lhts.Data.Tokenizers.BytePair;

/// <summary>How to learn a byte-level BPE.</summary>
public sealed record BytePairTrainingOptions
{
    /// <summary>The name of the special token that ends documents, as in GPT-2.</summary>
    public const string EndOfTextName = "<|endoftext|>";

    /// <summary>V: 256 bytes, the merges and end-of-text. Fewer are learnt when the texts have no more pairs.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>A pair that occurs less often is not merged; default 2.</summary>
    public long MinOccurrences { get; init; } = 2;

    /// <summary>Texts after this many bytes are not looked at; default 1 GiB.</summary>
    public long MaxBytes { get; init; } = 1L << 30;
}
