namespace Lhts.Data.Preparing;

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
