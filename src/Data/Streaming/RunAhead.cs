using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Lhts.Data.Streaming;

/// <summary>Lets a producer work ahead of its consumer in a bounded channel.</summary>
internal static class RunAhead
{
    /// <summary>
    /// The same items in the same order, produced on another thread at most <paramref name="capacity"/> (and the one in
    /// hand) ahead. Leaving the loop stops the producer and waits for it; its error appears in the consumer.
    /// </summary>
    public static IAsyncEnumerable<T> Ahead<T>(this IAsyncEnumerable<T> source, int capacity, CancellationToken cancellation = default) =>
        Run<T>(
            async (writer, stop) =>
            {
                await foreach (var item in source.WithCancellation(stop).ConfigureAwait(false)) await writer.WriteAsync(item, stop).ConfigureAwait(false);
            },
            capacity,
            cancellation);

    /// <summary>As above for a producer that blocks; it is given the token that tells it to stop.</summary>
    public static IAsyncEnumerable<T> Ahead<T>(Func<CancellationToken, IEnumerable<T>> source, int capacity, CancellationToken cancellation = default) =>
        Run<T>(
            async (writer, stop) =>
            {
                foreach (var item in source(stop)) await writer.WriteAsync(item, stop).ConfigureAwait(false);
            },
            capacity,
            cancellation);

    private static async IAsyncEnumerable<T> Run<T>(
        Func<ChannelWriter<T>, CancellationToken, Task> produce, int capacity, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var channel = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
        var producer = Task.Run(() => CompleteAsync(channel.Writer, produce, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var item in channel.Reader.ReadAllAsync(cancellation).ConfigureAwait(false)) yield return item;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await producer.ConfigureAwait(false);
        }
    }

    private static async Task CompleteAsync<T>(
        ChannelWriter<T> writer, Func<ChannelWriter<T>, CancellationToken, Task> produce, CancellationToken stop)
    {
        Exception? error = null;
        try
        {
            await produce(writer, stop).ConfigureAwait(false);
        }
        catch (Exception caught)
        {
            error = caught;
        }

        writer.Complete(error);
    }
}
