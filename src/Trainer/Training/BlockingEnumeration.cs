namespace Lhts.Trainer.Training;

/// <summary>Reads asynchronous sequences on the calling thread: tensors belong to the thread whose dispose scope they were made in.</summary>
internal static class BlockingEnumeration
{
    /// <summary>The same items; the thread waits for each. Leaving the loop disposes the source.</summary>
    public static IEnumerable<T> ToBlocking<T>(this IAsyncEnumerable<T> source, CancellationToken cancellation)
    {
        var items = source.GetAsyncEnumerator(cancellation);
        try
        {
            while (items.MoveNextAsync().AsTask().GetAwaiter().GetResult()) yield return items.Current;
        }
        finally
        {
            items.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
