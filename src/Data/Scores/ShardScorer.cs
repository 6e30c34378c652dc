using Lhts.Data.Batching;
using Lhts.Data.DuckDb;
using Lhts.Data.Parquet;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Scores;

/// <summary>Encodes a shard's documents, cuts them into the sequences of training and has these scored.</summary>
internal sealed class ShardScorer(DataSet data, ITokenizer tokenizer, BatchOptions options, TokenScorer score)
{
    // Enough for the scorer to find sequences of similar length, and few enough to show progress on a slow model.
    private const int TokensPerGroup = 1 << 16;

    /// <summary>The log-probs of each row, null for one without text, in groups that become a row group each.</summary>
    public IEnumerable<float[]?[]> Score(int shard, CancellationToken cancellation)
    {
        using var reader = data.OpenReader(options.BadRows);
        var rows = new List<Row>();
        var numTokens = 0;
        foreach (var block in data.Blocks.Where(block => block.Shard == shard))
        {
            var text = reader.Read(block, cancellation);
            for (var row = 0; row < text.NumRows; row++)
            {
                cancellation.ThrowIfCancellationRequested();
                rows.Add(Encode(block.FirstDocument + row, text.Prompt(row).Span, text.Text(row).Span));
                numTokens += rows[^1].NumPredicted;
                if (numTokens < TokensPerGroup && rows.Count < TextChunk.MaxRows) continue;
                yield return Score(rows, cancellation);
                (rows, numTokens) = ([], 0);
            }
        }

        if (rows.Count > 0) yield return Score(rows, cancellation);
    }

    private Row Encode(long document, ReadOnlySpan<byte> prompt, ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length == 0) return new Row(document, []);
        try
        {
            var tokens = data.Manifest.PromptColumn is null
                ? DocumentTokens.Encode(tokenizer, utf8, options)
                : DocumentTokens.Encode(tokenizer, prompt, utf8, options).Tokens;
            var layout = new PieceLayout(tokens.Length, options, draw: 0);
            return new Row(document, [.. Enumerable.Range(0, layout.Count).Select(piece => layout.Tokens(tokens, piece).ToArray())]);
        }
        catch (InvalidDataException error)
        {
            if (options.BadRows == BadRows.Skip) return new Row(document, []);
            throw new InvalidDataException($"{data.Describe(document)}: {error.Message}");
        }
    }

    private float[]?[] Score(List<Row> rows, CancellationToken cancellation)
    {
        var scored = score([.. rows.SelectMany(row => row.Pieces)], cancellation);
        var (next, result) = (0, new float[]?[rows.Count]);
        for (var i = 0; i < result.Length; i++)
        {
            var pieces = rows[i].Pieces;
            if (pieces.Length == 0) continue;
            float[] logProbs = [.. scored.Skip(next).Take(pieces.Length).SelectMany(values => values)];
            next += pieces.Length;
            if (logProbs.Length != rows[i].NumPredicted)
            {
                throw new InvalidOperationException($"{rows[i].NumPredicted} tokens were to be scored, {logProbs.Length} log-probs came back.");
            }

            result[i] = Check(logProbs, rows[i].Document);
        }

        return result;
    }

    /// <summary>Rounding may take the log of a probability of nearly 1 above 0; anything else that is no log-prob is an error.</summary>
    private float[] Check(float[] logProbs, long document)
    {
        for (var i = 0; i < logProbs.Length; i++)
        {
            if (logProbs[i] is > 0 and < 1e-4f) logProbs[i] = 0;
            if (logProbs[i] is >= float.MinValue and <= 0) continue;
            throw new InvalidDataException(
                $"{data.Describe(document)}: the teacher's log-prob of token {i} is {logProbs[i]}, not a finite number of at most 0. Its weights are damaged "
                + "or its training diverged: use another teacher.");
        }

        return logProbs;
    }

    private readonly record struct Row(long Document, int[][] Pieces)
    {
        public int NumPredicted => Pieces.Sum(piece => piece.Length - 1);
    }
}

/// <summary>How far scoring has come.</summary>
/// <param name="Documents">Documents that are done, those of files that an earlier start has written included.</param>
/// <param name="Tokens">Log-probs computed since the start.</param>
public sealed record ScoreProgress(long Documents, long Tokens);

/// <summary>Computes log-probs: for each sequence log p of every token but the first, in nats.</summary>
/// <param name="sequences">Token ids, at least two in each.</param>
/// <param name="cancellation">Ends the work.</param>
public delegate IReadOnlyList<float[]> TokenScorer(IReadOnlyList<int[]> sequences, CancellationToken cancellation);
