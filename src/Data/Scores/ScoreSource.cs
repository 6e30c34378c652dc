using Lhts.Data.Batching;
using Lhts.Data.Parquet;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Scores;

/// <summary>Everything that decides which log-probs a document has.</summary>
/// <param name="Teacher">Fingerprint of the teacher's files.</param>
/// <param name="Tokenizer">Fingerprint of the tokenizer.</param>
/// <param name="Data">Fingerprint of the data set's manifest.</param>
/// <param name="ContextLength">Longest sequence.</param>
/// <param name="LongDocuments">Cut or split.</param>
/// <param name="StartWithEndOfText">How a document starts.</param>
public sealed record ScoreSource(
    string Teacher, string Tokenizer, string Data, int ContextLength, LongDocuments LongDocuments, bool StartWithEndOfText)
{
    /// <summary>How a document ends. Default true.</summary>
    public bool EndWithEndOfText { get; init; } = true;

    /// <summary>Tokens behind a piece that it reads and does not score: they have a log-prob in either piece. Default 0.</summary>
    public int LookAhead { get; init; }

    /// <summary>What scores for these sequences must have been made from.</summary>
    public static ScoreSource Of(string teacher, DataSet data, ITokenizer tokenizer, BatchOptions options) =>
        new(teacher, tokenizer.Fingerprint, data.Manifest.Fingerprint, options.ContextLength, options.LongDocuments, options.StartWithEndOfText)
        {
            EndWithEndOfText = options.EndWithEndOfText,
            LookAhead = options.LookAhead,
        };

    /// <summary>How documents become sequences.</summary>
    internal BatchOptions Pieces => new()
    {
        SequencesPerStep = 1,
        ContextLength = ContextLength,
        LongDocuments = LongDocuments,
        StartWithEndOfText = StartWithEndOfText,
        EndWithEndOfText = EndWithEndOfText,
        LookAhead = LookAhead,
    };

    /// <summary>What differs from those that scores were made from, one line each; empty when nothing does.</summary>
    public IReadOnlyList<string> DifferencesFrom(ScoreSource made)
    {
        var differences = new Differences();
        differences.Compare("teacher fingerprint", made.Teacher, Teacher);
        differences.Compare("tokenizer fingerprint", made.Tokenizer, Tokenizer);
        differences.Compare("data fingerprint", made.Data, Data);
        differences.Compare("context length", made.ContextLength, ContextLength);
        differences.Compare("long documents", made.LongDocuments, LongDocuments);
        differences.Compare("look-ahead", made.LookAhead, LookAhead);
        differences.Compare("start with end-of-text", made.StartWithEndOfText, StartWithEndOfText);
        differences.Compare("end with end-of-text", made.EndWithEndOfText, EndWithEndOfText);
        return differences.Lines;
    }
}
