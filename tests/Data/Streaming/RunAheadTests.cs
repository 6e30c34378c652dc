using FsCheck;
using FsCheck.Fluent;
using Lhts.Data.Streaming;

namespace Lhts.Data.Tests.Streaming;

public sealed class RunAheadTests
{
    [FsCheck.NUnit.Property(MaxTest = 30)]
    public void Items_OfBothKinds_ComeInOrder(byte count, PositiveInt capacity)
    {
        var expected = Enumerable.Range(0, count).ToList();
        var fromBlocking = RunAhead.Ahead(_ => Enumerable.Range(0, count), capacity.Get);
        Assert.That(Collect(fromBlocking), Is.EqualTo(expected));
        Assert.That(Collect(RunAhead.Ahead(_ => Enumerable.Range(0, count), 1).Ahead(capacity.Get)), Is.EqualTo(expected));
    }

    [Test]
    public async Task Producer_WithSlowConsumer_StaysWithinTheCapacity([Values(1, 3, 8)] int capacity)
    {
        // The producer can only go on once an item is taken; after 2 * capacity + 2 attempts it would be too far ahead.
        var produced = 0;
        var taken = 0;
        var furthest = 0;
        IEnumerable<int> Produce()
        {
            for (var i = 0; i < 200; i++)
            {
                furthest = Math.Max(furthest, Interlocked.Increment(ref produced) - Volatile.Read(ref taken));
                yield return i;
            }
        }

        await foreach (var _ in RunAhead.Ahead(_ => Produce(), capacity))
        {
            await Task.Yield();
            Interlocked.Increment(ref taken);
        }

        // In the channel, in the producer's hand, in the consumer's hand.
        Assert.That(furthest, Is.LessThanOrEqualTo(capacity + 2));
    }

    [Test]
    public void Error_InTheProducer_AppearsAfterItsItems()
    {
        static IEnumerable<int> Produce()
        {
            yield return 1;
            throw new InvalidDataException("bad row");
        }

        var seen = new List<int>();
        Assert.That(
            async () =>
            {
                await foreach (var item in RunAhead.Ahead(_ => Produce(), 4)) seen.Add(item);
            },
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("bad row"));
        Assert.That(seen, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public async Task Leaving_TheLoop_StopsAndDisposesTheProducer()
    {
        var isDisposed = false;
        IEnumerable<int> Produce()
        {
            try
            {
                for (var i = 0; ; i++) yield return i;
            }
            finally
            {
                isDisposed = true;
            }
        }

        await foreach (var item in RunAhead.Ahead(_ => Produce(), 2))
        {
            if (item == 10) break;
        }

        Assert.That(isDisposed, Is.True);
    }

    [Test]
    public void Cancellation_ReachesABlockedProducer()
    {
        using var cancellation = new CancellationTokenSource();
        IEnumerable<int> Produce(CancellationToken stop)
        {
            yield return 0;
            stop.WaitHandle.WaitOne();
            stop.ThrowIfCancellationRequested();
        }

        Assert.That(
            async () =>
            {
                await foreach (var _ in RunAhead.Ahead(Produce, 2, cancellation.Token)) await cancellation.CancelAsync();
            },
            Throws.InstanceOf<OperationCanceledException>());
    }

    private static List<int> Collect(IAsyncEnumerable<int> items) => items.ToBlockingEnumerable().ToList();
}
