namespace Lhts.Trainer.Ownership;

/// <summary>What is to be done about a folder that has or had an owner.</summary>
internal enum Verdict
{
    /// <summary>The owner is gone: its folder may be taken.</summary>
    Take,

    /// <summary>The owner lives.</summary>
    Refuse,

    /// <summary>It cannot be told yet.</summary>
    Wait,
}

/// <summary>
/// Tells whether the owner of a folder lives. A process of the same host is looked up; whether one of another host lives is told by whether its lease changes
/// while it is watched, by the watcher's clock alone: clocks of hosts differ.
/// </summary>
/// <param name="self">The process that would like to own the folder.</param>
/// <param name="silence">How long an owner that says nothing readable is watched.</param>
internal sealed class LeaseWatch(ProcessIdentity self, TimeSpan silence)
{
    private byte[]? first;
    private TimeSpan since;

    /// <summary>Looks once more.</summary>
    /// <param name="content">The lease's file as it is now.</param>
    /// <param name="now">The time on any clock that never stands still.</param>
    /// <param name="uptime">Seconds since the boot.</param>
    public Verdict Look(byte[] content, TimeSpan now, double uptime)
    {
        var lease = Lease.Parse(content);
        if (lease is { IsReleased: true }) return Verdict.Take;
        if (lease is not null && self.Sees(lease.Owner))
        {
            if (lease.Owner == self || !lease.Owner.IsRunning()) return Verdict.Take;
            return uptime - lease.Uptime > lease.Seconds ? Verdict.Take : Verdict.Refuse; // a stopped process is there and says nothing
        }

        if (first is null) (first, since) = (content, now);
        if (!content.AsSpan().SequenceEqual(first)) return Verdict.Refuse;
        return now - since > (lease is null ? silence : TimeSpan.FromSeconds(lease.Seconds)) ? Verdict.Take : Verdict.Wait;
    }
}
