using System.Text.Json;
using Lhts.Data.Batching;
using Lhts.Data.Order;
using Lhts.Data.Streaming;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Tests.Streaming;

public sealed class BatchStreamTests : StreamFixture
{
    [Test]
    public async Task Cut_InFileOrder_StepKHasDocumentsKSOn()
    {
        WriteDocuments(["0", "1", "22", "333", "4444", "55555", "666666", "7777777", "88888888"]);
        using var data = Open();
        var steps = await ReadAsync(data, InFileOrder, Options(4));
        Assert.That(steps.Select(step => Show(step)), Is.EqualTo(new[]
        {
            "0:0/0=$0$ 1:1/0=$1$ 2:2/0=$22$ 3:3/0=$333$",
            "0:4/0=$4444$ 1:5/0=$55555$ 2:6/0=$666666$ 3:7/0=$7777777",
            "0:8/0=$8888888",
        }));
        Assert.That(steps.Select(step => step.Step), Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(steps.Select(step => step.NumGlobalSequences), Is.EqualTo(new[] { 4, 4, 1 }));
        Assert.That(steps.Select(step => step.NextState.NextPosition), Is.EqualTo(new[] { 4, 8, 9 }));
    }

    [Test]
    public async Task Split_LongDocument_StaysInItsLane()
    {
        WriteDocuments(["0123456789012345", "1", "2", "3", "4"]);
        using var data = Open();
        var steps = await ReadAsync(data, InFileOrder, Options(2) with { LongDocuments = LongDocuments.Split });
        Assert.That(steps.Select(step => Show(step)), Is.EqualTo(new[]
        {
            "0:0/0=$0123456 1:1/0=$1$",
            "0:0/1=67890123 1:2/0=$2$",
            "0:0/2=345$ 1:3/0=$3$",
            "0:4/0=$4$",
        }));
        Assert.That(steps[0].NextState.Held, Is.EqualTo(new[] { new HeldDocument(0, 0, 1) }));
        Assert.That(steps[2].NextState.Held, Is.Empty);
    }

    [Test]
    public async Task Split_WithALookAhead_ReadsOnIntoTheNextPiece()
    {
        WriteDocuments(["0123456789012345", "1"]);
        using var data = Open();
        var steps = await ReadAsync(data, InFileOrder, Options(1) with { LongDocuments = LongDocuments.Split, LookAhead = 2 });
        Assert.That(steps.Select(step => Show(step)), Is.EqualTo(new[] { "0:0/0=$01234|56", "0:0/1=456789|01", "0:0/2=9012345$", "0:1/0=$1$" }));
    }

    [Test]
    public async Task Split_WithMovingPieces_StartsElsewhereInEachEpochAndAlikeWithTheSameSeed()
    {
        WriteDocuments(["0123456789012345678901234", "1"]);
        using var data = Open();
        var options = Options(1, numEpochs: 12) with { LongDocuments = LongDocuments.Split, LookAhead = 1, MovesPieces = true };
        async Task<string[]> EpochsAsync(ulong seed)
        {
            var steps = await ReadAsync(data, InFileOrder with { Seed = seed }, options);
            return [.. steps.Chunk(6).Select(epoch => string.Join(' ', epoch.Select(step => Show(step))))];
        }

        var epochs = await EpochsAsync(seed: 3);
        Assert.That(epochs, Has.Length.EqualTo(12));
        Assert.That(epochs, Has.All.StartsWith("0:0/0=$0").And.All.EndsWith("0:1/0=$1$"));
        Assert.That(epochs.Distinct().Count(), Is.EqualTo(5), "of 26 predictions 5 pieces of 6 leave room for four more, one of 7");
        Assert.That(await EpochsAsync(seed: 3), Is.EqualTo(epochs));
        Assert.That(await EpochsAsync(seed: 4), Is.Not.EqualTo(epochs));
    }

    [Test]
    public async Task Epochs_ThreeShuffled_EachHasEveryDocumentOnceInAnotherOrder()
    {
        WriteDocuments(Enumerable.Range(0, 60).Select(i => i.ToString()));
        using var data = Open();
        var documents = DocumentsOf(await ReadAsync(data, Shuffled, Options(1, numEpochs: 3)));
        var epochs = documents.Chunk(60).ToList();
        Assert.That(epochs, Has.Count.EqualTo(3));
        foreach (var epoch in epochs) Assert.That(epoch.Order(), Is.EqualTo(Enumerable.Range(0, 60)));
        Assert.That(epochs[0], Is.Not.EqualTo(epochs[1]));
        Assert.That(epochs[0], Is.Not.EqualTo(epochs[0].Order()));
    }

    [Test]
    public async Task Epochs_Unset_GoOnForEver()
    {
        WriteDocuments(["0", "1", "2"]);
        using var data = Open();
        var steps = await ReadAsync(data, Shuffled, Options(2, numEpochs: null), maxSteps: 30);
        Assert.That(steps.Select(step => step.NumGlobalSequences), Is.All.EqualTo(2));
        Assert.That(steps.Select(step => step.Epoch).Last(), Is.EqualTo(19));
    }

    [Test]
    public async Task NullAndEmpty_Documents_AreCountedAndPassedOver([Values(1, 2, 3)] int worldSize)
    {
        WriteDocuments(["0", null, "", "3", "", null, null, "7"]);
        using var data = Open();
        var counters = new List<DataCounters>();
        var documents = new List<long>();
        for (var rank = 0; rank < worldSize; rank++)
        {
            var stream = new BatchStream(data, Digits, InFileOrder, Options(2, numEpochs: 2) with { Rank = rank, WorldSize = worldSize });
            counters.Add(stream.Counters);
            await foreach (var step in stream.ReadAsync()) documents.AddRange(DocumentsOf([step]));
        }

        Assert.That(documents.Order(), Is.EqualTo(new[] { 0, 0, 3, 3, 7, 7 }));
        Assert.That(counters.Sum(counter => counter.NullDocuments), Is.EqualTo(6));
        Assert.That(counters.Sum(counter => counter.EmptyDocuments), Is.EqualTo(4));
        Assert.That(counters.Sum(counter => counter.Documents), Is.EqualTo(6));
        Assert.That(counters.Sum(counter => counter.Tokens), Is.EqualTo(18));
        Assert.That(counters.Sum(counter => counter.PaddingTokens), Is.Zero);
    }

    [Test]
    public async Task Counters_OfCutDocuments_AndPadding()
    {
        WriteDocuments(["0", "123", "12345678901"]);
        using var data = Open();
        var stream = new BatchStream(data, Digits, InFileOrder, Options(3) with { TokensPerMicroBatch = 1000 });
        await foreach (var step in stream.ReadAsync()) Assert.That(step.NumSequences, Is.EqualTo(3));
        Assert.That(stream.Counters.CutDocuments, Is.EqualTo(1));
        Assert.That(stream.Counters.Tokens, Is.EqualTo(3 + 5 + 8));
        Assert.That(stream.Counters.BytesRead, Is.EqualTo(1 + 3 + 11));
        Assert.That(stream.Counters.ReadySteps, Is.Zero, "all are handed over");
    }

    [Test]
    public async Task ReadySteps_OfAStreamThatIsRead_StayWithinThePrefetch()
    {
        WriteDocuments([.. Enumerable.Range(0, 40).Select(i => $"{i}")]);
        using var data = Open();
        var options = Options(2) with { PrefetchSteps = 3 };
        var stream = new BatchStream(data, Digits, InFileOrder, options);
        var seen = new List<long>();
        await foreach (var _ in stream.ReadAsync()) seen.Add(stream.Counters.ReadySteps);
        Assert.That(seen, Has.Count.EqualTo(20));
        Assert.That(seen, Is.All.InRange(0, options.PrefetchSteps + 1), "the queue and the step in hand");
        Assert.That(seen[^1], Is.Zero);
    }

    [Test]
    public void AllEmpty_Documents_EndInAMessage([Values(1L, null)] long? numEpochs)
    {
        WriteDocuments([null, "", null]);
        using var data = Open();
        Assert.That(
            async () => await ReadAsync(data, Shuffled, Options(2, numEpochs)),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("All 3 documents of the data set are null, empty or unreadable."));
    }

    [Test]
    public async Task OneDocument_AmongManyEmptyOnes_IsServedInEveryEpoch()
    {
        WriteDocuments([.. Enumerable.Repeat("", 20), "7"]);
        using var data = Open();
        Assert.That(DocumentsOf(await ReadAsync(data, Shuffled, Options(1, numEpochs: 50))), Is.EqualTo(Enumerable.Repeat(20, 50)));
    }

    [Test]
    public void UnknownCharacter_InADocument_NamesFileRowAndRemedy()
    {
        WriteDocuments(["0", "1", "2x3"]);
        using var data = Open();
        Assert.That(async () => await ReadAsync(data, Shuffled, Options(1)), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            $"'{PathOf("part-000.parquet")}' row 2: character U+0078 'x' at position 1 (counted from 0) is not in the tokenizer's alphabet of 11. Build the "
            + "alphabet from this data, add the character to it, or clean the data."));
    }

    [Test]
    public async Task State_AsJson_ComesBackEqual()
    {
        WriteDocuments(["0123456789012345", "1", "2", "3", "4"]);
        using var data = Open();
        var steps = await ReadAsync(data, Shuffled, Options(2) with { LongDocuments = LongDocuments.Split, LookAhead = 2, MovesPieces = true });
        foreach (var step in steps)
        {
            var copy = JsonSerializer.Deserialize<DataState>(JsonSerializer.Serialize(step.NextState));
            Assert.That(copy, Is.EqualTo(step.NextState));
        }
    }

    [Test]
    public async Task State_OfOtherPieces_IsRefusedWithTheDifferences()
    {
        WriteDocuments(["0123456789012345", "1"]);
        using var data = Open();
        var options = Options(1) with { LongDocuments = LongDocuments.Split };
        var state = (await ReadAsync(data, Shuffled, options))[0].NextState;
        Assert.That(
            () => new BatchStream(data, Digits, Shuffled, options with { LookAhead = 2, MovesPieces = true }, state),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("look-ahead: was 0, is 2; pieces that move: was False, is True"));
    }

    [Test]
    public async Task State_OfOtherSettings_IsRefusedWithTheDifferences()
    {
        WriteDocuments(["0", "1", "2"]);
        using var data = Open();
        var state = (await ReadAsync(data, Shuffled, Options(2)))[0].NextState;
        Assert.That(
            () => new BatchStream(data, new CharacterTokenizer("0123"), Shuffled with { Seed = 4 }, Options(3), state),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("seed: was 3, is 4").And.Message.Contains(
                "sequences per step: was 2, is 3").And.Message.Contains("tokenizer fingerprint: was"));
        Assert.That(() => new BatchStream(data, Digits, Shuffled, Options(2) with { WorldSize = 2, Rank = 1 }, state), Throws.Nothing);
    }

    [Test]
    public void Cancellation_WhileReading_Stops()
    {
        WriteDocuments(Enumerable.Range(0, 60).Select(i => i.ToString()));
        using var data = Open();
        using var cancellation = new CancellationTokenSource();
        var stream = new BatchStream(data, Digits, Shuffled, Options(2, numEpochs: null));
        Assert.That(
            async () =>
            {
                await foreach (var step in stream.ReadAsync(cancellation.Token))
                {
                    if (step.Step == 5) await cancellation.CancelAsync();
                }
            },
            Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Read_Twice_GivesTheSame()
    {
        WriteDocuments(Enumerable.Range(0, 40).Select(i => i.ToString()));
        using var data = Open();
        var stream = new BatchStream(data, Digits, Shuffled, Options(3));
        async Task<List<string>> All()
        {
            var shown = new List<string>();
            await foreach (var step in stream.ReadAsync()) shown.Add(Show(step));
            return shown;
        }

        Assert.That(await All(), Is.EqualTo(await All()));
    }

    [Test]
    public void Read_DamagedRowGroup_ThrowsInTheConsumer()
    {
        WriteParquet("a.parquet", [.. Enumerable.Range(0, 50).Select(i => $"{i}")]);
        var bytes = File.ReadAllBytes(PathOf("a.parquet"));
        Array.Fill(bytes, (byte)0xFF, 4, 24);
        File.WriteAllBytes(PathOf("a.parquet"), bytes);
        using var data = Open();
        Assert.That(async () => await ReadAsync(data, Shuffled, Options(2)), Throws.TypeOf<InvalidDataException>().With.Message.Contains("Row group 0 of"));
    }

    [Test]
    public void Options_OutOfBounds_Throw()
    {
        WriteDocuments(["0"]);
        using var data = Open();
        foreach (var bad in new[]
        {
            Options(0), Options(1) with { ContextLength = 1 }, Options(1) with { Rank = 1 }, Options(1) with { TokensPerMicroBatch = 0 },
            Options(1) with { NumEpochs = -1 }, Options(1) with { PrefetchSteps = 0 }, Options(1) with { TokenizerThreads = 0 },
        })
        {
            Assert.That(() => new BatchStream(data, Digits, Shuffled, bad), Throws.TypeOf<ArgumentOutOfRangeException>());
        }
    }
}
