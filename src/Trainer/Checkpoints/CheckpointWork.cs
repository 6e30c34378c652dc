namespace Lhts.Trainer.Checkpoints;

/// <summary>The checkpoint that is being written beside training: one at a time, so that memory holds one copy and no queue grows.</summary>
internal sealed class CheckpointWork : IDisposable
{
    private readonly CancellationTokenSource end = new();
    private Task? current;

    /// <summary>Starts the next one; the one before it must be over.</summary>
    /// <param name="write">Writes it; its token ends the wait for other ranks.</param>
    public void Start(Action<CancellationToken> write) =>
        current = Task.Factory.StartNew(() => write(end.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Waits until the checkpoint is complete; what went wrong in it is thrown here.</summary>
    public void Wait()
    {
        var work = current;
        current = null;
        work?.GetAwaiter().GetResult();
    }

    /// <summary>Throws what went wrong in a checkpoint that is over.</summary>
    public void Check()
    {
        if (current is { IsCompleted: true }) Wait();
    }

    /// <summary>Lets a checkpoint that is still on its way come to its end, good or bad: something else has gone wrong already.</summary>
    public void Dispose()
    {
        end.Cancel();
        current?.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        end.Dispose();
    }
}
