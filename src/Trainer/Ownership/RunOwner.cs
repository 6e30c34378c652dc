using System.Globalization;

namespace Lhts.Trainer.Ownership;

/// <summary>
/// The right to publish into a run folder, which one process has at a time. Whoever comes later has a higher epoch; an owner that was silent for longer than
/// its lease finds that out before it publishes anything.
/// </summary>
public sealed class RunOwner : IDisposable
{
    // As signs of life elsewhere: five may be missed.
    private const int RenewalsOfALease = 5;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly LeaseFolder? leases;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly ITimer? timer;
    private Lease? lease;
    private long renewed;
    private bool isLost;

    private RunOwner(LeaseFolder? leases, long epoch, Lease? lease, TimeProvider time)
    {
        (this.leases, Epoch, this.lease, this.time) = (leases, epoch, lease, time);
        renewed = time.GetTimestamp();
        if (lease is null) return;
        var interval = TimeSpan.FromSeconds(lease.Seconds / RenewalsOfALease);
        timer = time.CreateTimer(_ => Renew(), null, interval, interval);
    }

    /// <summary>What checks nothing: of folders that nobody else knows of.</summary>
    public static RunOwner Unchecked { get; } = new(null, 0, null, TimeProvider.System);

    /// <summary>The owner; null where nothing is checked.</summary>
    internal ProcessIdentity? Identity => lease?.Owner;

    /// <summary>The number of this owner among all that the folder had, from 1.</summary>
    public long Epoch { get; }

    /// <summary>
    /// Takes a folder that is free or whose owner is gone. An owner of another host is watched for as long as its lease: it is regarded as gone when it gave no
    /// sign of life.
    /// </summary>
    /// <param name="folder">The run folder, which is made if it is not there.</param>
    /// <param name="silence">How long this owner may be silent before another takes over.</param>
    /// <param name="time">The clock.</param>
    /// <param name="say">Told whom this process waits for or takes over from.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="FolderTakenException">The folder's owner lives; it is named.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static RunOwner Take(string folder, TimeSpan silence, TimeProvider time, Action<string> say, CancellationToken stop) =>
        Take(folder, silence, time, say, stop, ProcessIdentity.OfThisProcess);

    internal static RunOwner Take(
        string folder, TimeSpan silence, TimeProvider time, Action<string> say, CancellationToken stop, ProcessIdentity self)
    {
        var leases = new LeaseFolder(folder);
        while (true)
        {
            var newest = leases.Newest;
            if (newest > 0) AwaitEnd(leases, newest, new LeaseWatch(self, silence), folder, time, say, stop);
            var lease = new Lease(self, time.GetUtcNow(), silence.TotalSeconds, 0, Uptime, IsReleased: false);
            if (!leases.TryMake(newest + 1, lease.ToBytes())) continue; // another was faster
            leases.RemoveBefore(newest + 1);
            return new RunOwner(leases, newest + 1, lease, time);
        }
    }

    /// <summary>Makes sure that the folder is still this process's. To be called right before something is published.</summary>
    /// <exception cref="OwnershipLostException">Another process has taken it over.</exception>
    public void Check()
    {
        if (leases is null) return;
        if (isLost || leases.Newest != Epoch) throw Lost();
    }

    /// <summary>The same for what is published often: looks only where the lease may have run out since it was last renewed.</summary>
    /// <exception cref="OwnershipLostException">Another process has taken it over.</exception>
    public void CheckLease()
    {
        if (leases is null) return;
        if (isLost || time.GetElapsedTime(Interlocked.Read(ref renewed)).TotalSeconds * 2 > lease!.Seconds) Check();
    }

    /// <summary>Gives the folder back: whoever comes next has it at once.</summary>
    public void Dispose()
    {
        timer?.Dispose();
        lock (gate)
        {
            if (lease is not null) TryWrite(lease with { IsReleased = true });
            lease = null;
        }
    }

    private static double Uptime => Environment.TickCount64 / 1000.0;

    private static void AwaitEnd(
        LeaseFolder leases, long epoch, LeaseWatch watch, string folder, TimeProvider time, Action<string> say, CancellationToken stop)
    {
        var (start, said) = (time.GetTimestamp(), false);
        while (true)
        {
            var content = leases.Read(epoch);
            if (content.Length == 0 && leases.Newest != epoch) return; // taken over by another; looked at again
            switch (watch.Look(content, time.GetElapsedTime(start), Uptime))
            {
                case Verdict.Take:
                    if (Lease.Parse(content) is { IsReleased: false } gone) say($"the run folder '{folder}' is taken over from {Describe(gone, time)}");
                    return;
                case Verdict.Refuse:
                    throw new FolderTakenException(
                        $"The run folder '{folder}' belongs to {Describe(Lease.Parse(content), time)}, which goes on. Wait for its end, stop it with "
                        + $"'lhts stop {folder}', or set 'output' to another folder.");
                default:
                    if (!said) say($"the run folder '{folder}' belongs to {Describe(Lease.Parse(content), time)}; waiting for a sign of life");
                    said = true;
                    if (stop.WaitHandle.WaitOne(Poll)) stop.ThrowIfCancellationRequested();
                    break;
            }
        }
    }

    private static string Describe(Lease? lease, TimeProvider time) => lease is null
        ? "a process that has not said who it is"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"process {lease.Owner.Process} on host '{lease.Owner.Host}', which took it {(time.GetUtcNow() - lease.Taken).TotalSeconds:0} s ago");

    private void Renew()
    {
        lock (gate)
        {
            if (lease is null || isLost) return;
            var begun = time.GetTimestamp();
            var next = lease with { Renewals = lease.Renewals + 1, Uptime = Uptime };
            if (!TryWrite(next)) return;
            lease = next;
            Interlocked.Exchange(ref renewed, begun);
        }
    }

    /// <summary>A file that is gone means that another process has taken over; any other failure may pass.</summary>
    private bool TryWrite(Lease next)
    {
        try
        {
            leases!.Write(Epoch, next.ToBytes());
            isLost = leases.Newest != Epoch;
        }
        catch (FileNotFoundException)
        {
            isLost = true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        return !isLost;
    }

    private OwnershipLostException Lost()
    {
        isLost = true;
        var lease = Lease.Parse(leases!.Read(leases.Newest));
        return new OwnershipLostException(
            $"this process was silent for too long, and the run folder was taken over by {Describe(lease, time)}; nothing more is published from here.");
    }
}
