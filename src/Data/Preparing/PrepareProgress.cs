using System.Collections.Immutable;

namespace Lhts.Data.Preparing;

/// <summary>How far preparing has come.</summary>
/// <param name="Documents">Documents written.</param>
/// <param name="TextBytes">Their UTF-8 bytes.</param>
/// <param name="EmptyDocuments">Documents left out because they have no text.</param>
/// <param name="Shards">Shards begun.</param>
/// <param name="SourceBytesRead">Bytes read of the source's files, before decompression.</param>
/// <param name="SourceBytes">Bytes of the source's files; null when unknown.</param>
public sealed record PrepareProgress(long Documents, long TextBytes, long EmptyDocuments, int Shards, long SourceBytesRead, long? SourceBytes)
{
    /// <summary>Files of the source's folder that were taken; 1 for a source that is no folder.</summary>
    public int Files { get; init; } = 1;

    /// <summary>How many files of the source's folder were not taken, by their ending (".md"; empty for none), those first that are most.</summary>
    public ImmutableArray<KeyValuePair<string, int>> Ignored { get; init; } = [];
}
