using Lhts.Trainer.Ownership;

namespace Lhts.Trainer.Tests.Ownership;

public sealed class LeaseWatchTests
{
    private static readonly ProcessIdentity Self = ProcessIdentity.OfThisProcess;
    private static readonly ProcessIdentity Elsewhere = new("far", 7, "100", "another boot", "pid:[1]");
    private static readonly ProcessIdentity Parent = Running(1);

    [Test]
    public void OwnerOfThisHost_ThatLives_IsRefusedAtOnce() => Assert.That(Look(LeaseOf(Parent, uptime: 100), uptime: 102), Is.EqualTo(Verdict.Refuse));

    [Test]
    public void OwnerOfThisHost_StoppedPastItsLease_IsReplaced() => Assert.That(Look(LeaseOf(Parent, uptime: 100), uptime: 111), Is.EqualTo(Verdict.Take));

    [Test]
    public void OwnerOfThisHost_ThatIsGone_IsReplacedAtOnce() =>
        Assert.That(Look(LeaseOf(Parent with { Started = "1" }, uptime: 100), uptime: 100), Is.EqualTo(Verdict.Take), "its number is another process's now");

    [Test]
    public void Owner_ThatReleased_IsReplacedAtOnce() =>
        Assert.That(Look(LeaseOf(Elsewhere) with { IsReleased = true }, uptime: 0), Is.EqualTo(Verdict.Take));

    [Test]
    public void OwnerOfAnotherHost_ThatSaysNothing_IsReplacedAfterItsLease()
    {
        var watch = new LeaseWatch(Self, TimeSpan.FromSeconds(99));
        var content = LeaseOf(Elsewhere).ToBytes();
        Assert.That(watch.Look(content, TimeSpan.FromSeconds(5), 0), Is.EqualTo(Verdict.Wait));
        Assert.That(watch.Look(content, TimeSpan.FromSeconds(15), 0), Is.EqualTo(Verdict.Wait));
        Assert.That(watch.Look(content, TimeSpan.FromSeconds(15.1), 0), Is.EqualTo(Verdict.Take), "10 s after it was first seen");
    }

    [Test]
    public void OwnerOfAnotherHost_ThatGivesASign_IsRefused()
    {
        var watch = new LeaseWatch(Self, TimeSpan.FromSeconds(99));
        Assert.That(watch.Look(LeaseOf(Elsewhere).ToBytes(), TimeSpan.Zero, 0), Is.EqualTo(Verdict.Wait));
        Assert.That(watch.Look((LeaseOf(Elsewhere) with { Renewals = 1 }).ToBytes(), TimeSpan.FromSeconds(2), 0), Is.EqualTo(Verdict.Refuse));
    }

    [Test]
    public void TornLease_IsWatchedAsLongAsOnesOwn()
    {
        var watch = new LeaseWatch(Self, TimeSpan.FromSeconds(3));
        Assert.That(watch.Look([], TimeSpan.Zero, 0), Is.EqualTo(Verdict.Wait));
        Assert.That(watch.Look([], TimeSpan.FromSeconds(3.1), 0), Is.EqualTo(Verdict.Take));
    }

    [Test]
    public void Container_OfTheSameHost_IsNoProcessThatCanBeLookedUp() =>
        Assert.That(Look(LeaseOf(Parent with { Namespace = "pid:[1]" }, uptime: 100), uptime: 100), Is.EqualTo(Verdict.Wait));

    private static Verdict Look(Lease lease, double uptime) => new LeaseWatch(Self, TimeSpan.FromSeconds(10)).Look(lease.ToBytes(), TimeSpan.Zero, uptime);

    private static Lease LeaseOf(ProcessIdentity owner, double uptime = 0) => new(owner, DateTimeOffset.UnixEpoch, 10, 0, uptime, IsReleased: false);

    /// <summary>Another process of this host that runs.</summary>
    private static ProcessIdentity Running(int process)
    {
        var fields = File.ReadAllText($"/proc/{process}/stat");
        return Self with { Process = process, Started = fields[(fields.LastIndexOf(')') + 2)..].Split(' ')[19] };
    }
}
