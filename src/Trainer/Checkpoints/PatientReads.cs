namespace Lhts.Trainer.Checkpoints;

/// <summary>Reads of files that a network file system may refuse for a moment: tried again before they are believed.</summary>
public static class PatientReads
{
    private const int Attempts = 5;

    /// <summary>Reads, and again after a wait that doubles; a file that is not there is not waited for.</summary>
    /// <param name="read">The read.</param>
    /// <param name="firstDelay">The wait after the first failure. Default a fifth of a second, three seconds in all.</param>
    /// <exception cref="IOException">The last failure.</exception>
    public static T Retry<T>(Func<T> read, TimeSpan? firstDelay = null)
    {
        var delay = firstDelay ?? TimeSpan.FromMilliseconds(200);
        for (var attempt = 1; ; attempt++, delay *= 2)
        {
            try
            {
                return read();
            }
            catch (Exception failure) when (IsTransient(failure) && attempt < Attempts)
            {
                Wait(delay);
            }
        }
    }

    /// <summary>Waits until something is there that another host has written.</summary>
    /// <returns>Whether it came.</returns>
    public static bool Await(Func<bool> isThere, TimeSpan? firstDelay = null)
    {
        var delay = firstDelay ?? TimeSpan.FromSeconds(1);
        for (var attempt = 1; !isThere(); attempt++, delay *= 2)
        {
            if (attempt > Attempts) return false;
            Wait(delay);
        }

        return true;
    }

    private static bool IsTransient(Exception failure) =>
        failure is IOException and not (FileNotFoundException or DirectoryNotFoundException or EndOfStreamException or PathTooLongException);

    private static void Wait(TimeSpan delay) => CancellationToken.None.WaitHandle.WaitOne(delay);
}
