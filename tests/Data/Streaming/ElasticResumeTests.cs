using FsCheck;
using FsCheck.Fluent;
using Lhts.Data.Batching;
using Lhts.Data.Parquet;

namespace Lhts.Data.Tests.Streaming;

/// <summary>One global sequence, whatever the ranks, and resumed anywhere at any number of them.</summary>
public sealed class ElasticResumeTests : StreamFixture
{
    private const int NumDocuments = 45;

    private DataSet _data = null!;

    [SetUp]
    public void OpenData()
    {
        // Lengths from 0 to 30 with nulls between: split documents have up to 5 pieces.
        WriteDocuments(Enumerable.Range(0, NumDocuments).Select(i => i % 11 == 5 ? null : string.Concat(Enumerable.Repeat($"{i}-", i * 7 % 13))));
        _data = Open();
    }

    [TearDown]
    public void CloseData() => _data.Dispose();

    [Test]
    public async Task Step_OfWorldSizesUpTo16_IsTheSame([Values] LongDocuments longDocuments)
    {
        var options = With(longDocuments, Options(6, numEpochs: 2));
        var single = await ReadAsync(_data, Shuffled, options);
        for (var worldSize = 1; worldSize <= 16; worldSize++)
        {
            var ranks = new List<List<StepBatch>>();
            for (var rank = 0; rank < worldSize; rank++) ranks.Add(await ReadAsync(_data, Shuffled, options with { Rank = rank, WorldSize = worldSize }));
            Assert.That(ranks.Select(rank => rank.Count), Is.All.EqualTo(single.Count));
            for (var step = 0; step < single.Count; step++)
            {
                Assert.That(Show(ranks.Select(rank => rank[step])), Is.EqualTo(Show(single[step])));
                Assert.That(ranks.Select(rank => rank[step].NextState), Is.All.EqualTo(single[step].NextState));
                Assert.That(ranks.Select(rank => rank[step].NumGlobalSequences), Is.All.EqualTo(single[step].NumSequences));
            }
        }
    }

    [Test]
    public async Task Step_OfAnyThreadsAndPrefetch_IsTheSame([Values(1, 2, 5)] int threads, [Values(1, 9)] int prefetch)
    {
        var options = With(LongDocuments.Split, Options(6, numEpochs: 2));
        var expected = await ReadAsync(_data, Shuffled, options);
        var found = await ReadAsync(_data, Shuffled, options with { TokenizerThreads = threads, PrefetchSteps = prefetch });
        Assert.That(found.Select(step => Show(step)), Is.EqualTo(expected.Select(step => Show(step))));
    }

    [Test]
    public async Task Chain_TwoRanksThenOneThenThree_EqualsASingleRun([Values] LongDocuments longDocuments)
    {
        var options = With(longDocuments, Options(5, numEpochs: 2));
        var single = await ReadAsync(_data, Shuffled, options);
        var (state, first) = Run(options, null, maxSteps: 4, worldSize: 2);
        (state, var second) = Run(options, state, maxSteps: 3, worldSize: 1);
        (state, var third) = Run(options, state, maxSteps: int.MaxValue, worldSize: 3);
        Assert.That(state, Is.EqualTo(single[^1].NextState));
        Assert.That(first.Concat(second).Concat(third), Is.EqualTo(single.Select(step => Show(step))));
        Assert.That(single.Select(step => step.NextState.Chain).Distinct().Count(), Is.EqualTo(single.Count));
    }

    [FsCheck.NUnit.Property(MaxTest = 12)]
    public void Resume_AtAnyStepsAndWorldSizes_ContinuesTheSequence(PositiveInt sequencesPerStep, NonEmptyArray<(byte Steps, byte World)> parts, bool split)
    {
        var options = With(split ? LongDocuments.Split : LongDocuments.Cut, Options(1 + sequencesPerStep.Get % 7, numEpochs: 3));
        var whole = ReadAsync(_data, Shuffled, options).GetAwaiter().GetResult().ConvertAll(step => Show(step));
        var resumed = new List<string>();
        DataState? state = null;
        foreach (var (steps, world) in parts.Get.Take(3).Append(((byte)255, (byte)1)))
        {
            (state, var part) = Run(options, state, maxSteps: Math.Max(1, (int)steps), worldSize: 1 + world % 5);
            resumed.AddRange(part);
        }

        while (resumed.Count < whole.Count)
        {
            (state, var part) = Run(options, state, int.MaxValue, worldSize: 1);
            resumed.AddRange(part);
        }

        Assert.That(resumed, Is.EqualTo(whole));
    }

    [Test]
    public async Task Resume_AtTheEpochsEdge_ContinuesTheSequence()
    {
        // 45 documents in steps of 5, no empty ones: epochs end with a step.
        var folder = "edge";
        Directory.CreateDirectory(PathOf(folder));
        WriteParquet("edge/a.parquet", [.. Enumerable.Range(0, NumDocuments).Select(i => $"{i}")]);
        using var data = Open(folder);
        var options = Options(5, numEpochs: 3);
        var whole = await ReadAsync(data, Shuffled, options);
        Assert.That(whole, Has.Count.EqualTo(27));
        foreach (var stop in new[] { 8, 9, 10, 18, 26, 27 })
        {
            var rest = await ReadAsync(data, Shuffled, options, whole[stop - 1].NextState);
            Assert.That(rest.Select(step => Show(step)), Is.EqualTo(whole.Skip(stop).Select(step => Show(step))));
        }
    }

    /// <summary>Pieces with a look-ahead, which start elsewhere in each epoch.</summary>
    private static BatchOptions With(LongDocuments longDocuments, BatchOptions options) =>
        longDocuments == LongDocuments.Cut ? options : options with { LongDocuments = longDocuments, LookAhead = 3, MovesPieces = true };

    private (DataState? State, List<string> Steps) Run(BatchOptions options, DataState? state, int maxSteps, int worldSize)
    {
        var ranks = Enumerable.Range(0, worldSize)
            .Select(rank => ReadAsync(_data, Shuffled, options with { Rank = rank, WorldSize = worldSize }, state, maxSteps).GetAwaiter().GetResult())
            .ToList();
        var steps = Enumerable.Range(0, ranks[0].Count).Select(step => Show(ranks.Select(rank => rank[step]))).ToList();
        return (ranks[0].Count > 0 ? ranks[0][^1].NextState : state, steps);
    }
}
