using Lhts.Trainer.Checkpoints;

namespace Lhts.Trainer.Tests.Checkpoints;

public sealed class CheckpointMirrorTests
{
    private readonly List<string> said = [];
    private string folder = null!;
    private string Log => Path.Combine(folder, "log");

    [SetUp]
    public void Make()
    {
        folder = Directory.CreateTempSubdirectory("lhts-").FullName;
        said.Clear();
    }

    [TearDown]
    public void Remove() => Directory.Delete(folder, recursive: true);

    [Test]
    public void CompleteCheckpoint_IsTakenByTheCommand()
    {
        using (var mirror = Mirror($"cat \"$LHTS_CHECKPOINT/a\" >> {Log}; test -f \"$LHTS_CHECKPOINT/manifest.json\""))
        {
            var store = new CheckpointStore(Path.Combine(folder, "checkpoints"), keep: 1) { Mirror = mirror };
            store.Save(3, path => File.WriteAllText(Path.Combine(path, "a"), "three"));
        }

        Assert.That(File.ReadAllText(Log), Is.EqualTo("three"));
        Assert.That(said, Is.Empty);
    }

    [Test]
    public void Command_ThatFails_IsTriedAgain()
    {
        using (var mirror = Mirror($"echo x >> {Log}; test $(wc -l < {Log}) -ge 3")) mirror.Post(folder);
        Assert.That(File.ReadAllLines(Log), Has.Length.EqualTo(3));
        Assert.That(said, Is.Empty);
    }

    [Test]
    public void Command_ThatNeverSucceeds_IsGivenUpAndTold()
    {
        using (var mirror = Mirror($"echo x >> {Log}; echo no room >&2; exit 7")) mirror.Post(folder);
        Assert.That(File.ReadAllLines(Log), Has.Length.EqualTo(4));
        Assert.That(said, Is.EqualTo(new[] { $"checkpoint.mirror did not take '{folder}': the command ended with 7: no room" }));
    }

    [Test]
    public void Checkpoint_OnItsWay_StaysAndTraining_DoesNotWait()
    {
        using var fifo = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(folder, "gate")]);
        fifo.WaitForExit();
        var checkpoints = Path.Combine(folder, "checkpoints");
        using (var mirror = Mirror($"case $LHTS_CHECKPOINT in *1) cat {folder}/gate;; esac; basename \"$LHTS_CHECKPOINT\" >> {Log}"))
        {
            var store = new CheckpointStore(checkpoints, keep: 1) { Mirror = mirror };
            Save(store, 1);
            using var gate = new FileStream(Path.Combine(folder, "gate"), FileMode.Open, FileAccess.Write); // the command has begun
            foreach (var step in new[] { 2, 3 }) Save(store, step);
            Assert.That(Directory.GetDirectories(checkpoints).Select(Path.GetFileName), Is.EquivalentTo(new[] { "step-00000001", "step-00000003" }));
        }

        Assert.That(File.ReadAllLines(Log), Is.EqualTo(new[] { "step-00000001", "step-00000003" }), "the newest that waited");
    }

    [Test]
    public void Stop_EndsACommandThatHangs()
    {
        using var stop = new CancellationTokenSource();
        using (var mirror = Mirror("tail -f /dev/null", stop.Token))
        {
            mirror.Post(folder);
            stop.Cancel();
        }

        Assert.That(said, Has.Exactly(1).Contains("the run is to stop"));
    }

    private static void Save(CheckpointStore store, long step) =>
        store.Save(step, path => File.WriteAllText(Path.Combine(path, "a"), "a"));

    private CheckpointMirror Mirror(string command, CancellationToken stop = default) => new(
        new MirrorOptions { Command = command, Attempts = 4, FirstDelay = TimeSpan.FromMilliseconds(1), StopTimeout = TimeSpan.FromSeconds(1) },
        TimeProvider.System, said.Add, stop);
}
