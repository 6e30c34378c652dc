namespace Lhts.Data.Preparing;

/// <summary>How far preparing has come.</summary>
/// <param name="Documents">Documents written.</param>
/// <param name="TextBytes">Their UTF-8 bytes.</param>
/// <param name="EmptyDocuments">Documents left out because they have no text.</param>
/// <param name="Shards">Shards begun.</param>
/// <param name="SourceBytesRead">Bytes read of the source's files, before decompression.</param>
/// <param name="SourceBytes">Bytes of the source's files; null when unknown.</param>
public sealed record PrepareProgress(long Documents, long TextBytes, long EmptyDocuments, int Shards, long SourceBytesRead, long? SourceBytes);
