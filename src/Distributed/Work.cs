using Lhts.Extensions;

namespace Lhts.Distributed;

/// <summary>A collective under way. It keeps its tensors alive.</summary>
public sealed unsafe class Work : IDisposable
{
    private readonly WorkHandle handle;
    private readonly string what;

    internal Work(IntPtr made, string what)
    {
        handle = new WorkHandle(made);
        this.what = what;
        Started = NativeCollectives.lhts_now();
    }

    /// <summary>When it was begun, in nanoseconds on a clock of its own.</summary>
    internal long Started { get; }

    /// <summary>When it ended, on the same clock; 0 where that is not known (yet).</summary>
    internal long Finished => NativeCollectives.lhts_work_finished(handle);

    /// <summary>Waits for the end; on a GPU it makes the current stream wait. May be called again.</summary>
    /// <exception cref="DistributedException">Another rank is gone, or the group's timeout has passed.</exception>
    public void Wait()
    {
        if (NativeCollectives.lhts_work_wait(handle) != 0) throw new DistributedException($"{what}: {NativeExtensions.LastError()}");
    }

    /// <summary>Whether it has ended, well or not.</summary>
    public bool IsCompleted
    {
        get
        {
            int completed;
            NativeExtensions.Check(NativeCollectives.lhts_work_is_completed(handle, &completed));
            return completed != 0;
        }
    }

    /// <summary>Lets go of it; what is under way goes on.</summary>
    public void Dispose() => handle.Dispose();
}
