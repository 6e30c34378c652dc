namespace Lhts.Data.Preparing;

/// <summary>Something that documents come from, one after the other.</summary>
internal interface IDocumentSource
{
    /// <summary>Size of what is read; null when unknown.</summary>
    long? NumBytes { get; }

    /// <summary>How much of it has been read.</summary>
    long NumBytesRead { get; }

    /// <summary>The documents, valid UTF-8; each is good until the next is asked for. Empty ones are included.</summary>
    IEnumerable<ReadOnlyMemory<byte>> Read(CancellationToken cancellation);
}
