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
        Assert.That(() => store.Save(6, _ => throw new IOException("the disk is full"), _ => { }, Ranks.Single), Throws.TypeOf<IOException>());
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
        Assert.That(store.FindNewest(warnings.Add), Is.Null);
        Assert.That(warnings, Has.Exactly(1).Contains("a.bin is missing"));
    }

    private string? Newest() => Path.GetFileName(store.FindNewest(warnings.Add));

    private void Save(long step) => store.Save(
        step,
        path =>
        {
            File.WriteAllBytes(Path.Combine(path, "a.bin"), [1, 2, 3]);
            Directory.CreateDirectory(Path.Combine(path, "inner"));
        },
        path => File.WriteAllBytes(Path.Combine(path, "inner", "b.bin"), [4]),
        Ranks.Single);
}
