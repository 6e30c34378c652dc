using Lhts.Trainer.Checkpoints;
using Lhts.Trainer.Parallel;

namespace Lhts.Trainer.Tests.Checkpoints;

public sealed class CheckpointStoreTests
{
    private string folder = null!;
    private CheckpointStore store = null!;
    private readonly List<string> warnings = [];

    [SetUp]
    public void Make()
    {
        folder = Directory.CreateTempSubdirectory("lhts-").FullName;
        store = new CheckpointStore(folder, keep: 2);
        warnings.Clear();
    }

    [TearDown]
    public void Remove() => Directory.Delete(folder, recursive: true);

    [Test]
    public void Save_BeyondThoseKept_RemovesTheOldest()
    {
        foreach (var step in new long[] { 5, 10, 200 }) Save(step);
        Assert.That(Directory.GetDirectories(folder).Select(Path.GetFileName), Is.EquivalentTo(new[] { "step-00000010", "step-00000200" }));
        Assert.That(Newest(), Is.EqualTo("step-00000200"));
        Assert.That(warnings, Is.Empty);
    }

    [Test]
    public void Write_ThatFails_LeavesNothingVisible()
    {
        Save(5);
        var half = store.Begin(6, Ranks.Single);
        File.WriteAllBytes(Path.Combine(half.Own, "a.bin"), [1]); // and then the process ended
        Assert.That(Newest(), Is.EqualTo("step-00000005"));
        Save(7);
        Assert.That(Directory.GetDirectories(folder), Has.Length.EqualTo(2), "what was left unfinished is gone");
    }

    [TestCase("a.bin", "is not what manifest.json says")]
    [TestCase("inner/b.bin", "is not what manifest.json says")]
    [TestCase("manifest.json", "")]
    public void Damage_ToAnyFile_IsFoundAndPassedOver(string file, string message)
    {
        Save(5);
        Save(6);
        using (var stream = new FileStream(Path.Combine(folder, "step-00000006", file), FileMode.Open)) stream.WriteByte(0xff);
        Assert.That(Newest(), Is.EqualTo("step-00000005"));
        Assert.That(warnings, Has.Count.EqualTo(1).And.Exactly(1).Contains(message));
    }

    [Test]
    public void MissingFile_IsFoundAndPassedOver()
    {
        Save(5);
        File.Delete(Path.Combine(folder, "step-00000005", "a.bin"));
        Assert.That(() => store.FindNewest(warnings.Add), Throws.TypeOf<InvalidDataException>());
        Assert.That(warnings, Has.Exactly(1).Contains("a.bin is missing"));
    }

    [Test]
    public void DamagedCheckpoint_IsSetAsideAndDoesNotCount()
    {
        Save(5);
        Save(6);
        File.Delete(Path.Combine(folder, "step-00000006", "a.bin"));
        Assert.That(Newest(), Is.EqualTo("step-00000005"));
        Save(6);
        File.Delete(Path.Combine(folder, "step-00000006", "a.bin"));
        Assert.That(Newest(), Is.EqualTo("step-00000005"));
        Assert.That(Folders(), Is.EquivalentTo(new[] { "damaged-step-00000006", "damaged-step-00000006-2", "step-00000005" }));
    }

    [Test]
    public void Keep_CountsSoundOnes()
    {
        Save(5);
        Save(6);
        File.Delete(Path.Combine(folder, "step-00000006", "a.bin"));
        Save(7);
        Assert.That(Folders(), Is.EquivalentTo(new[] { "step-00000005", "step-00000006", "step-00000007" }), "5 and 7 are the two that are kept");
        Save(8);
        Assert.That(Folders(), Is.EquivalentTo(new[] { "step-00000007", "step-00000008" }));
    }

    [Test]
    public void AllDamaged_BeginsAnewOnlyIfToldTo()
    {
        Save(5);
        File.Delete(Path.Combine(folder, "step-00000005", "a.bin"));
        foreach (var _ in new[] { 1, 2 })
        {
            Assert.That(() => store.FindNewest(warnings.Add), Throws.TypeOf<InvalidDataException>().With.Message.Contains("start with --start-over"));
        }

        Assert.That(new CheckpointStore(folder, keep: 2) { StartsOver = true }.FindNewest(warnings.Add), Is.Null);
        Assert.That(warnings, Has.Exactly(1).Contains("starting over at the first step"));
        Assert.That(Folders(), Is.Empty);
        Assert.That(store.FindNewest(warnings.Add), Is.Null);
    }

    [Test]
    public void Read_ThatFailsForAMoment_IsTriedAgain()
    {
        var left = 3;
        Assert.That(PatientReads.Retry(() => left-- > 0 ? throw new IOException("stale handle") : "read", TimeSpan.FromTicks(1)), Is.EqualTo("read"));
        Assert.That(
            () => PatientReads.Retry<int>(() => throw new IOException("stale handle"), TimeSpan.FromTicks(1)),
            Throws.TypeOf<IOException>(), "and is not called damage");
        left = 0;
        Assert.That(() => PatientReads.Retry<int>(() => throw new FileNotFoundException($"{left++}")), Throws.TypeOf<FileNotFoundException>());
        Assert.That(left, Is.EqualTo(1));
    }

    [Test]
    public void SharedFile_ThatIsNotYetVisible_IsWaitedFor()
    {
        var left = 3;
        Assert.That(PatientReads.Await(() => left-- == 0, TimeSpan.FromTicks(1)), Is.True);
        Assert.That(PatientReads.Await(() => false, TimeSpan.FromTicks(1)), Is.False);
    }

    private string?[] Folders() => [.. Directory.GetDirectories(folder).Select(Path.GetFileName)];

    private string? Newest() => Path.GetFileName(store.FindNewest(warnings.Add));

    private void Save(long step) => store.Save(step, path =>
    {
        File.WriteAllBytes(Path.Combine(path, "a.bin"), [1, 2, 3]);
        Directory.CreateDirectory(Path.Combine(path, "inner"));
        File.WriteAllBytes(Path.Combine(path, "inner", "b.bin"), [4]);
    });
}
