namespace Lhts.Models.Tests;

/// <summary>Files appear whole or not at all.</summary>
public sealed class AtomicFileTests
{
    [Test]
    public void Write_ThatFails_KeepsTheOldFileAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("x"), "old");

        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder.PathOf("x"), stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException();
        }));

        Assert.That(File.ReadAllText(folder.PathOf("x")), Is.EqualTo("old"));
        Assert.That(Directory.GetFiles(folder.Root), Has.Length.EqualTo(1));
    }

    [Test]
    public void Write_WhileItRuns_ShowsTheOldContent()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("x"), "old");

        AtomicFile.Write(folder.PathOf("x"), stream =>
        {
            stream.Write("new"u8);
            Assert.That(File.ReadAllText(folder.PathOf("x")), Is.EqualTo("old"));
        });

        Assert.That(File.ReadAllText(folder.PathOf("x")), Is.EqualTo("new"));
    }

    [Test]
    public void Write_InAFolderThatIsNotThere_Throws()
    {
        using var folder = new TemporaryFolder();

        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Write(folder.PathOf(Path.Combine("no", "x")), _ => { }));
    }

    [Test]
    public void FlushFolder_OfNoFolder_NamesIt()
    {
        using var folder = new TemporaryFolder();

        var exception = Assert.Throws<IOException>(() => AtomicFile.FlushFolder(folder.PathOf("no")));

        Assert.That(exception!.Message, Does.Contain(folder.PathOf("no")));
    }
}
