using System.Threading.Channels;

namespace Lhts.Launching;

/// <summary>One thread of control: what happens is posted from anywhere and handled in order, and a timer wakes it when something is due.</summary>
internal sealed class EventLoop(TimeProvider time)
{
    private readonly Channel<Action> events = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly long start = time.GetTimestamp();

    /// <summary>Time since the loop was made.</summary>
    public TimeSpan Now => time.GetElapsedTime(start);

    /// <summary>Has an action run in the loop, after those that were posted before.</summary>
    public void Post(Action action) => events.Writer.TryWrite(action);

    /// <summary>Runs until done.</summary>
    /// <param name="settle">Called after each event: carries out what the event led to.</param>
    /// <param name="due">When <paramref name="advance"/> is to be called, or null.</param>
    /// <param name="advance">Does what is due.</param>
    /// <param name="isDone">Whether to return.</param>
    public async Task RunAsync(Action settle, Func<TimeSpan?> due, Action advance, Func<bool> isDone)
    {
        await using var timer = time.CreateTimer(_ => Post(advance), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        settle();
        while (!isDone())
        {
            // Timers count in whole milliseconds; one more, lest it fires before the time.
            if (due() is { } at) timer.Change(at <= Now ? TimeSpan.Zero : at - Now + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            var action = await events.Reader.ReadAsync();
            action();
            settle();
        }
    }
}
