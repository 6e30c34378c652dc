using System.Runtime.CompilerServices;
using Lhts.Data.Batching;
using Lhts.Data.Order;
using Lhts.Data.Parquet;
using Lhts.Data.Scores;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Streaming;

/// <summary>The steps of a run on one rank: read, encoded and grouped ahead of their use.</summary>
public sealed class BatchStream
{
    // One window is being dealt, one waits, one is being read.
    private const int WindowsAhead = 1;

    private readonly DataSet _data;
    private readonly ITokenizer _tokenizer;
    private readonly DocumentOrder _order;
    private readonly BatchOptions _options;
    private readonly TimeProvider _time;
    private readonly DataState _start;
    private readonly ScoreSet? _scores;

    /// <param name="data">The documents.</param>
    /// <param name="tokenizer">What encodes them.</param>
    /// <param name="order">Their order.</param>
    /// <param name="options">Sequences, lengths, rank.</param>
    /// <param name="state">Where to go on; null for the beginning.</param>
    /// <param name="time">Clock for the counters; null for the system's.</param>
    /// <param name="scores">The teacher's scores, which then come with every micro-batch; null for none.</param>
    /// <exception cref="InvalidDataException">State or scores belong to other data or settings; the message lists the differences.</exception>
    /// <exception cref="ArgumentException">An option is out of bounds, or pieces are to move that scores are kept of.</exception>
    public BatchStream(
        DataSet data, ITokenizer tokenizer, OrderOptions order, BatchOptions options, DataState? state = null, TimeProvider? time = null,
        ScoreSet? scores = null)
    {
        options.Validate();
        RequireWhole(data, options);
        if (scores is not null && options.MovesPieces)
        {
            throw new ArgumentException("Kept scores are those of pieces that start at the same tokens in every epoch.", nameof(options));
        }

        scores?.Require(ScoreSource.Of(scores.Manifest.Source.Teacher, data, tokenizer, options));
        (_data, _tokenizer, _options, _time, _scores) = (data, tokenizer, options, time ?? TimeProvider.System, scores);
        _order = new DocumentOrder(data.Blocks.Select(block => block.NumRows), order);
        var source = new DataSource(
            data.Manifest.Fingerprint, tokenizer.Fingerprint, data.BlockBytes, order,
            options.SequencesPerStep, options.ContextLength, options.LongDocuments, options.StartWithEndOfText, options.BadRows)
        {
            EndWithEndOfText = options.EndWithEndOfText,
            LookAhead = options.LookAhead,
            MovesPieces = options.MovesPieces,
        };
        _start = state ?? new DataState(0, 0, [], 0, source);
        if (source.DifferencesFrom(_start.Source) is { Count: > 0 } differences)
        {
            throw new InvalidDataException(
                $"The saved position in the data cannot be used: {string.Join("; ", differences)}. Restore these, or start a new run.");
        }
    }

    /// <summary>Where the stream begins: the given state, or that before the first step.</summary>
    public DataState Start => _start;

    /// <summary>What has been handed over so far.</summary>
    public DataCounters Counters { get; } = new();

    /// <summary>Told about rows that are skipped, from background threads; null (default) for nobody.</summary>
    public Action<string>? OnBadRows { get; init; }

    /// <summary>
    /// The steps from the given state on, endless unless the number of epochs is set. Leaving the loop stops
    /// the reading behind it first. May be enumerated once at a time.
    /// </summary>
    /// <exception cref="InvalidDataException">A file is damaged or a document cannot be encoded.</exception>
    public async IAsyncEnumerable<StepBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using var steps = AssembleAsync(cancellation).Ahead(_options.PrefetchSteps, cancellation).GetAsyncEnumerator(cancellation);
        while (true)
        {
            var start = _time.GetTimestamp();
            var more = await steps.MoveNextAsync().ConfigureAwait(false);
            Counters.AddWait(_time.GetElapsedTime(start));
            if (!more) yield break;
            var (batch, numDocuments, numCut) = steps.Current;
            Counters.AddStep(batch, numDocuments, numCut);
            yield return batch;
        }
    }

    private async IAsyncEnumerable<(StepBatch Batch, int NumDocuments, int NumCut)> AssembleAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reader = new WindowReader(_data, _scores, _order, Counters, _options.BadRows, OnBadRows);
        var encoder = new DocumentEncoder(_data, _tokenizer, _options, Counters, OnBadRows);
        var lanes = new Lanes(_options, _order.DrawAt);
        var held = reader.ReadOnly(_start.Held.Select(document => document.Position), cancellation);
        lanes.Restore(_start, held.Select(document => encoder.TryEncode(document) ?? throw Gone(document)).ToDictionary(document => document.Position));
        var windows = RunAhead.Ahead(stop => reader.Read(_start.NextPosition, _options.NumEpochs, stop), WindowsAhead, cancellation);
        await using var documents = encoder.EncodeAsync(windows, _start.NextPosition, cancellation).GetAsyncEnumerator(cancellation);
        for (var step = _start.Step; ; step++)
        {
            var sequences = await lanes.NextStepAsync(documents).ConfigureAwait(false);
            if (lanes.NumGlobalSequences == 0) yield break;
            var batch = MakeBatch(step, sequences, lanes);
            Counters.AddReady();
            yield return (batch, lanes.NumDocuments, lanes.NumCut);
        }
    }

    /// <summary>A prompt goes with the whole of its document, and something must be left to predict.</summary>
    private static void RequireWhole(DataSet data, BatchOptions options)
    {
        if (data.Manifest.PromptColumn is { } column && options.LongDocuments == LongDocuments.Split)
        {
            throw new InvalidDataException($"Documents with prompts (column '{column}') are never split. Cut long ones, or leave the prompt column out.");
        }
    }

    private InvalidDataException Gone(RawDocument document) =>
        new(
            $"{_data.Describe(document.Id)} can no longer be read, though a saved position lies in the middle of it. Restore the file, or start a new run.");

    private StepBatch MakeBatch(long step, List<Sequence> sequences, Lanes lanes) => new()
    {
        Step = step,
        Epoch = _order.EpochOf(Math.Max(0, lanes.NextPosition - 1)),
        MicroBatches = MicroBatchPlanner.Group(sequences, _options.TokensPerMicroBatch, _tokenizer.EndOfText),
        NextState = _start with { Step = step + 1, NextPosition = lanes.NextPosition, Held = lanes.Held(), Chain = lanes.Chain },
        NumGlobalSequences = lanes.NumGlobalSequences,
    };
}
