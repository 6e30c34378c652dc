using Lhts.Data.Batching;
using Lhts.Data.Order;
using Lhts.Data.Parquet;
using Lhts.Data.Streaming;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Tests.Streaming;

/// <summary>Tests of streams over a small data set whose document i says "i".</summary>
public abstract class StreamFixture : DataFixture
{
    protected static readonly CharacterTokenizer Digits = new("0123456789-");

    protected static readonly OrderOptions Shuffled = new() { Seed = 3, WindowBlocks = 3 };

    protected static readonly OrderOptions InFileOrder = new() { Shuffle = false, WindowBlocks = 2 };

    protected static BatchOptions Options(int sequencesPerStep, long? numEpochs = 1) =>
        new() { SequencesPerStep = sequencesPerStep, ContextLength = 8, NumEpochs = numEpochs, TokensPerMicroBatch = 24 };

    /// <summary>Writes documents over files of two row groups of up to 7 rows.</summary>
    protected void WriteDocuments(IEnumerable<string?> documents)
    {
        foreach (var (group, i) in documents.Chunk(14).Select((group, i) => (group, i)))
        {
            WriteParquet($"part-{i:000}.parquet", [.. group.Chunk(7)]);
        }
    }

    protected static async Task<List<StepBatch>> ReadAsync(
        DataSet data, OrderOptions order, BatchOptions options, DataState? state = null, int maxSteps = int.MaxValue, ITokenizer? tokenizer = null)
    {
        var stream = new BatchStream(data, tokenizer ?? Digits, order, options, state);
        var steps = new List<StepBatch>();
        await foreach (var step in stream.ReadAsync())
        {
            steps.Add(step);
            if (steps.Count == maxSteps) break;
        }

        return steps;
    }

    /// <summary>A step's sequences by lane: "lane:document/piece=tokens|look-ahead". Joined over ranks it is the global step.</summary>
    protected static string Show(params IEnumerable<StepBatch> ranks) => string.Join(' ', ranks
        .SelectMany(step => step.MicroBatches)
        .SelectMany(batch => Enumerable.Range(0, batch.NumSequences).Select(b => (batch, b)))
        .OrderBy(item => item.batch.Lanes[item.b])
        .Select(item => $"{item.batch.Lanes[item.b]}:{item.batch.DocumentIds[item.b]}/{item.batch.Pieces[item.b]}={Text(item.batch, item.b)}"));

    protected static List<long> DocumentsOf(IEnumerable<StepBatch> steps) =>
        [.. steps.SelectMany(step => step.MicroBatches).SelectMany(batch => batch.DocumentIds)];

    private static string Text(MicroBatch batch, int b)
    {
        var tokens = batch.Tokens.AsSpan(b * batch.Length, batch.Lengths[b]).ToArray();
        var text = string.Concat(tokens.Select(token => token == Digits.EndOfText ? "$" : Digits.Decode([(int)token])));
        return batch.LookAheads[b] == 0 ? text : text.Insert(text.Length - batch.LookAheads[b], "|");
    }
}
