using System.Collections.Immutable;
using Lhts.Data.Preparing.Tasks;

namespace Lhts.Data.Preparing;

/// <summary>What to turn into Parquet shards, and how.</summary>
public sealed record PrepareOptions
{
    /// <summary>
    /// A file or folder with text (.txt) or JSON Lines (.jsonl, .ndjson), each also with .gz; null for the King James
    /// Bible of Debian's package bible-kjv, a document for each chapter. A single file of another name is text.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>Of a folder: names of further files to take as text, with * and ? as in *.md; default none.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Makes a task in place of reading a source; the held-out prompts go to a folder beside (<see cref="HeldOutOf"/>). Default null.</summary>
    public TaskDataOptions? Task { get; init; }

    /// <summary>The folder to make; it must not exist or be empty.</summary>
    public required string Output { get; init; }

    /// <summary>Where documents of plain text end; default blank lines.</summary>
    public TextLayout Layout { get; init; } = TextLayout.BlankLine;

    /// <summary>The member of a JSON line that holds the document; default "text".</summary>
    public string TextField { get; init; } = "text";

    /// <summary>The member of a JSON line that holds the document's prompt; default null, there are none.</summary>
    public string? PromptField { get; init; }

    /// <summary>The column to write; default "text".</summary>
    public string TextColumn { get; init; } = "text";

    /// <summary>The column to write prompts to; default "prompt". Not written without prompts.</summary>
    public string PromptColumn { get; init; } = "prompt";

    /// <summary>Most documents in a row group, 1 to 2048; default 1024.</summary>
    public int RowGroupRows { get; init; } = 1024;

    /// <summary>
    /// A row group ends when its text reaches this many bytes; default 2 MiB: of large documents too a window of the order, of which three are in memory,
    /// takes little, and rows are shuffled from many places.
    /// </summary>
    public int RowGroupBytes { get; init; } = 2 << 20;

    /// <summary>A shard ends when its text reaches this many bytes; default 256 MiB.</summary>
    public long ShardBytes { get; init; } = 256 << 20;

    /// <summary>
    /// The longest row; default 64 KiB. A longer document without a prompt becomes several, cut between words: whatever reads them holds each row as a whole,
    /// and shuffles rows.
    /// </summary>
    public int MaxRowBytes { get; init; } = 64 << 10;

    /// <summary>The longest line of JSON with a prompt, which stays whole; default 256 MiB. A longer one is an error.</summary>
    public int MaxDocumentBytes { get; init; } = 256 << 20;

    /// <summary>The program that prints the Bible; default "bible".</summary>
    public string BibleProgram { get; init; } = "bible";

    /// <summary>Whether documents have prompts.</summary>
    internal bool HasPrompts => PromptField is not null || Task is not null;

    /// <summary>The folder of prompts that are held out from a task's demonstrations.</summary>
    public static string HeldOutOf(string output) => Path.TrimEndingDirectorySeparator(output) + "-heldout";
}

/// <summary>Where a document of a plain text file ends.</summary>
public enum TextLayout
{
    /// <summary>At one or more blank lines.</summary>
    BlankLine,

    /// <summary>At the end of its line.</summary>
    Line,

    /// <summary>At the end of the file.</summary>
    File,
}

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
