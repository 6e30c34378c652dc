using Lhts.Data.Batching;
using Lhts.Data.Parquet;
using Lhts.Data.Scores;
using Lhts.Data.Tests.Streaming;

namespace Lhts.Data.Tests.Scores;

/// <summary>Tests with a teacher whose log-prob of a token is a function of that token, the one before and its place in the sequence.</summary>
public abstract class ScoreFixture : StreamFixture
{
    /// <summary>Sequences that the teacher was asked about.</summary>
    protected int NumScored { get; private set; }

    protected string DataFolder => PathOf("data");

    protected string ScoreFolder => PathOf("scores");

    protected static float LogProb(long before, long token, int place) => -((before * 16) + token + (place / 128f));

    protected static BatchOptions OptionsOf(LongDocuments longDocuments = LongDocuments.Split, bool startWithEndOfText = true) =>
        Options(4) with { LongDocuments = longDocuments, StartWithEndOfText = startWithEndOfText, LookAhead = longDocuments == LongDocuments.Split ? 2 : 0 };

    /// <summary>Three files of two row groups; documents of 1 to 40 digits, some null, some empty.</summary>
    protected DataSet MakeData()
    {
        string?[] documents =
            [.. Enumerable.Range(0, 42).Select(i => i % 10 == 3 ? null : i % 11 == 5 ? "" : string.Concat(Enumerable.Repeat($"{i}", 1 + (i % 20))))];
        foreach (var (group, i) in documents.Chunk(14).Select((group, i) => (group, i))) WriteParquet($"data/sub{i % 2}/part-{i}.parquet", [.. group.Chunk(7)]);
        return Open("data");
    }

    protected static ScoreSource SourceOf(DataSet data, BatchOptions options, string teacher = "teacher") => ScoreSource.Of(teacher, data, Digits, options);

    protected ScoreProgress Write(DataSet data, BatchOptions options, TokenScorer? scorer = null) =>
        new ScoreWriter(data, Digits, SourceOf(data, options), scorer ?? Score).Write(ScoreFolder);

    protected ScoreSet OpenScores(DataSet data, BatchOptions options) => ScoreSet.Open(ScoreFolder, data, SourceOf(data, options));

    protected IReadOnlyList<float[]> Score(IReadOnlyList<int[]> sequences, CancellationToken cancellation)
    {
        NumScored += sequences.Count;
        return [.. sequences.Select(tokens => Enumerable.Range(1, tokens.Length - 1).Select(i => LogProb(tokens[i - 1], tokens[i], i)).ToArray())];
    }
}
