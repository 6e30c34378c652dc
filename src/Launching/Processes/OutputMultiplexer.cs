using System.Threading.Channels;

namespace Lhts.Launching.Processes;

/// <summary>
/// Writes lines of several processes without mixing them. On a thread of its own: a terminal that was paused holds up the workers' output, but never
/// the signs of life.
/// </summary>
internal sealed class OutputMultiplexer
{
    private const int MaxWaiting = 1024;

    private readonly Channel<(TextWriter Writer, string Line)> lines =
        Channel.CreateBounded<(TextWriter Writer, string Line)>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    private readonly Task writing;

    public OutputMultiplexer() => writing = Task.Factory.StartNew(Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Writes a line, and waits where too many wait before it.</summary>
    public void WriteLine(TextWriter writer, string line) =>
        lines.Writer.WriteAsync((writer, line)).AsTask().ContinueWith(_ => { }, TaskScheduler.Default).Wait();

    /// <summary>Writes a line some time.</summary>
    public void Post(TextWriter writer, string line) => _ = lines.Writer.WriteAsync((writer, line)).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);

    /// <summary>Ends, once what waits is written or the patience is at its end.</summary>
    public async Task FinishAsync(TimeSpan patience, TimeProvider time)
    {
        lines.Writer.TryComplete();
        await Task.WhenAny(writing, Task.Delay(patience, time));
    }

    private void Write()
    {
        while (lines.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (lines.Reader.TryRead(out var next)) WriteOne(next.Writer, next.Line);
        }
    }

    private static void WriteOne(TextWriter writer, string line)
    {
        try
        {
            writer.WriteLine(line);
            writer.Flush();
        }
        catch (IOException)
        {
            // Nobody reads any more; the run goes on.
        }
    }
}
