using Lhts.Telemetry;
using Lhts.Trainer.Checkpoints;
using Lhts.Trainer.Ownership;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Stages;
using Lhts.Trainer.Tests.Checkpoints;

namespace Lhts.Trainer.Tests.Ownership;

public sealed class RunOwnerTests
{
    private static readonly ProcessIdentity Elsewhere = new("far", 7, "100", "another boot", "pid:[1]");

    private static readonly SampleFigures Samples = new() { Model = SampledModel.Student, Temperature = 1, LogLikelihood = -1 };

    private string folder = null!;
    private readonly List<string> said = [];

    [SetUp]
    public void Make()
    {
        folder = Directory.CreateTempSubdirectory("lhts-").FullName;
        said.Clear();
    }

    [TearDown]
    public void Remove() => Directory.Delete(folder, recursive: true);

    [Test]
    public void Take_OneAfterTheOther_CountsEpochs()
    {
        using (var first = Take()) Assert.That(first.Epoch, Is.EqualTo(1));
        using (var second = Take()) Assert.That(second.Epoch, Is.EqualTo(2));
        Assert.That(Directory.GetFiles(Path.Combine(folder, "owner")).Select(Path.GetFileName), Is.EqualTo(new[] { "epoch-00000002" }));
        Assert.That(said, Is.Empty);
    }

    [Test]
    public void Take_OfAFolderWhoseOwnerLives_NamesHostProcessAndAge()
    {
        using var owner = Take(ProcessIdentity.OfThisProcess, seconds: 100);
        var other = Elsewhere with { Boot = owner.Identity!.Boot, Namespace = owner.Identity.Namespace };
        Assert.That(
            () => Take(other),
            Throws.TypeOf<FolderTakenException>().With.Message.Match(
                $"^The run folder '.*' belongs to process {Environment.ProcessId} on host '.+', which took it \\d+ s ago, which goes on\\. "));
        Assert.That(() => owner.Check(), Throws.Nothing);
    }

    [Test]
    public void Take_FromASilentHost_SaysFromWhom()
    {
        Abandon(1);
        using var owner = Take();
        Assert.That(owner.Epoch, Is.EqualTo(2));
        Assert.That(said, Has.Count.EqualTo(2));
        Assert.That(said[0], Does.Contain("process 7 on host 'far'").And.Contain("waiting for a sign of life"));
        Assert.That(said[1], Does.Contain("is taken over from process 7 on host 'far'"));
    }

    [Test]
    public void Take_ThatIsStopped_Ends()
    {
        Abandon(1, seconds: 1000);
        using var stop = new CancellationTokenSource();
        Assert.That(
            () => RunOwner.Take(folder, TimeSpan.FromSeconds(1), TimeProvider.System, _ => stop.Cancel(), stop.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Owner_ThatWasReplaced_PublishesNothing()
    {
        using var owner = Take(seconds: 100);
        var run = new RunFolder(folder);
        var stage = new StageFolder(Path.Combine(folder, "student"), owner);
        Directory.CreateDirectory(stage.Path);
        using var metrics = MetricsFile.Resume(run.Metrics, ["teacher"], 0, owner.CheckLease);
        var store = new CheckpointStore(stage.Checkpoints, keep: 2, owner);
        Save(store, 1);
        Assert.That(() => Save(store, 2, () => Abandon(2)), Throws.TypeOf<OwnershipLostException>(), "replaced while it wrote");
        Assert.That(() => Save(store, 3), Throws.TypeOf<OwnershipLostException>());
        Assert.That(() => metrics.Append("student", 1, Samples), Throws.TypeOf<OwnershipLostException>());
        Assert.That(() => stage.Finish("x"), Throws.TypeOf<OwnershipLostException>());
        Assert.That(Directory.GetDirectories(stage.Checkpoints, "step-*").Select(Path.GetFileName), Is.EqualTo(new[] { "step-00000001" }));
        Assert.That(new FileInfo(run.Metrics).Length, Is.Zero);
        Assert.That(stage.IsDone, Is.False);
    }

    [Test]
    public void Checkpoint_ThatIsComplete_CannotBePublishedOnceTheFolderIsAnothers()
    {
        var former = new CheckpointStore(folder, keep: 2);
        var checkpoint = former.Begin(1, Ranks.Single);
        File.WriteAllText(Path.Combine(checkpoint.Own, "a"), "a");
        Assert.That(new CheckpointStore(folder, keep: 2).FindNewest(said.Add), Is.Null);
        Assert.That(() => former.Complete(checkpoint, Ranks.Single), Throws.InstanceOf<IOException>());
        Assert.That(Directory.GetFileSystemEntries(folder), Is.Empty);
    }

    [Test]
    public void MetricsOfTheFormerOwner_DoNotReachTheNewFile()
    {
        var path = Path.Combine(folder, MetricsFile.FileName);
        using var former = MetricsFile.Resume(path, ["teacher"], 0);
        using var current = MetricsFile.Resume(path, ["teacher"], 0);
        former.Append("student", 1, Samples);
        Assert.That(new FileInfo(path).Length, Is.Zero);
    }

    private RunOwner Take(ProcessIdentity? self = null, double seconds = 0.2) =>
        RunOwner.Take(folder, TimeSpan.FromSeconds(seconds), TimeProvider.System, said.Add, CancellationToken.None, self ?? ProcessIdentity.OfThisProcess);

    /// <summary>An owner of another host, of which nothing is heard.</summary>
    private void Abandon(long epoch, double seconds = 0.2) => new LeaseFolder(folder).TryMake(
        epoch, new Lease(Elsewhere, DateTimeOffset.UnixEpoch, seconds, 0, 0, IsReleased: false).ToBytes());

    private static void Save(CheckpointStore store, long step, Action? meanwhile = null) => store.Save(step, path =>
    {
        File.WriteAllText(Path.Combine(path, "a"), "a");
        meanwhile?.Invoke();
    });
}
