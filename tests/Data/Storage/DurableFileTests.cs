using Lhts.Data.Storage;

namespace Lhts.Data.Tests.Storage;

public sealed class DurableFileTests : DataFixture
{
    [Test]
    public void WriteAllBytes_NewAndOld_HasTheContentsAndNothingElse()
    {
        foreach (var contents in new[] { "first", "second, longer", "" })
        {
            DurableFile.WriteAllBytes(PathOf("new/file"), System.Text.Encoding.UTF8.GetBytes(contents));
            Assert.That(File.ReadAllText(PathOf("new/file")), Is.EqualTo(contents));
            Assert.That(Directory.GetFileSystemEntries(PathOf("new")), Has.Length.EqualTo(1));
        }
    }

    [Test]
    public void WriteAllBytes_PathIsAFolder_LeavesNothingBehind()
    {
        Directory.CreateDirectory(PathOf("folder/inside"));
        Assert.That(() => DurableFile.WriteAllBytes(PathOf("folder"), "x"u8), Throws.InstanceOf<Exception>());
        Assert.That(Directory.GetFileSystemEntries(Folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void SyncFolder_Missing_Throws() =>
        Assert.That(() => DurableFile.SyncFolder(PathOf("missing")), Throws.TypeOf<IOException>().With.Message.Contains(PathOf("missing")));
}
