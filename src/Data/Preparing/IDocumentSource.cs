namespace Lhts.Data.Preparing;

/// <summary>A document on its way into a shard.</summary>
/// <param name="Text">Its UTF-8 bytes.</param>
/// <param name="Prompt">Those of its prompt; empty where prompts are not written.</param>
internal readonly record struct SourceDocument(ReadOnlyMemory<byte> Text, ReadOnlyMemory<byte> Prompt = default);

/// <summary>Something that documents come from, one after the other.</summary>
internal interface IDocumentSource
{
    /// <summary>Size of what is read; null when unknown.</summary>
    long? NumBytes { get; }

    /// <summary>How much of it has been read.</summary>
    long NumBytesRead { get; }

    /// <summary>The documents, valid UTF-8; each is good until the next is asked for. Empty ones are included.</summary>
    IEnumerable<SourceDocument> Read(CancellationToken cancellation);
}
