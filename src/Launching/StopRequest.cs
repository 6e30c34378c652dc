namespace Lhts.Launching;

/// <summary>
/// A stop of a whole run that is asked for by a file in its folder, which <c>lhts stop</c> makes: it works from any host and any container that sees the
/// folder, and needs no address. The process that leads the run (agent 0, or the only one) looks for it, and takes it away once it is heard.
/// </summary>
public sealed class StopRequest : IDisposable
{
    private const string FileName = "stop";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ITimer timer;

    private StopRequest(ITimer timer) => this.timer = timer;

    /// <summary>The file that asks the run of a folder to stop.</summary>
    /// <param name="folder">The run folder.</param>
    public static string PathIn(string folder) => Path.Combine(folder, FileName);

    /// <summary>
    /// Looks for a request twice a second until disposed. One from before now was meant for another life of the run and is taken away unheard.
    /// </summary>
    /// <param name="folder">The run folder; it need not be there yet.</param>
    /// <param name="time">The clock.</param>
    /// <param name="asked">Called for each request, on a thread of the pool.</param>
    public static StopRequest Watch(string folder, TimeProvider time, Action asked)
    {
        Take(folder);
        return new StopRequest(time.CreateTimer(
            _ =>
            {
                if (Take(folder)) asked();
            },
            null,
            Interval,
            Interval));
    }

    /// <summary>Asks the run of a folder to stop and waits until its process has heard.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="patience">How long to wait; the request is taken back then.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Whether a process heard.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static async Task<bool> AskAsync(string folder, TimeSpan patience, TimeProvider time)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"There is no run folder '{folder}'.");
        await File.WriteAllTextAsync(PathIn(folder), "");
        var start = time.GetTimestamp();
        while (File.Exists(PathIn(folder)))
        {
            if (time.GetElapsedTime(start) >= patience) return !Take(folder);
            await Task.Delay(Interval, time);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    private static bool Take(string folder)
    {
        try
        {
            if (!File.Exists(PathIn(folder))) return false;
            File.Delete(PathIn(folder));
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false; // looked at again soon
        }
    }
}
