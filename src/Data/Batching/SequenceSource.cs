namespace Lhts.Data.Batching;

/// <summary>Where sequences come from.</summary>
public enum SequenceSource
{
    /// <summary>The documents.</summary>
    Corpus,

    /// <summary>Drawn from the teacher.</summary>
    Teacher,
}
