namespace Lhts.Basics.Tests;

/// <summary>Files and folders appear whole or not at all.</summary>
public sealed class AtomicFileTests
{
    private string folder = "";

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("lhts-basics-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public void Write_ThatFails_KeepsTheOldFileAndNothingElse()
    {
        File.WriteAllText(PathOf("x"), "old");

        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(PathOf("x"), stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException();
        }));

        Assert.That(File.ReadAllText(PathOf("x")), Is.EqualTo("old"));
        Assert.That(Directory.GetFiles(folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void Write_WhileItRuns_ShowsTheOldContent()
    {
        File.WriteAllText(PathOf("x"), "old");

        AtomicFile.Write(PathOf("x"), stream =>
        {
            stream.Write("new"u8);
            Assert.That(File.ReadAllText(PathOf("x")), Is.EqualTo("old"));
        });

        Assert.That(File.ReadAllText(PathOf("x")), Is.EqualTo("new"));
    }

    [Test]
    public void Write_OfOneFileWithinItself_EndsWithTheLastToFinish()
    {
        AtomicFile.Write(PathOf("x"), stream =>
        {
            AtomicFile.WriteAllText(PathOf("x"), "inner");
            stream.Write("outer"u8);
        });

        Assert.That(File.ReadAllText(PathOf("x")), Is.EqualTo("outer"));
        Assert.That(Directory.GetFiles(folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void Write_InAFolderThatIsNotThere_Throws() =>
        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Write(PathOf(Path.Combine("no", "x")), _ => { }));

    [Test]
    public void WriteAllBytes_NewAndOld_HasTheContentsAndNothingElse()
    {
        foreach (var contents in new byte[][] { [1], [2, 3, 4], [] })
        {
            AtomicFile.WriteAllBytes(PathOf("new/file"), contents);
            Assert.That(File.ReadAllBytes(PathOf("new/file")), Is.EqualTo(contents));
            Assert.That(Directory.GetFileSystemEntries(PathOf("new")), Has.Length.EqualTo(1));
        }
    }

    [Test]
    public void WriteAllBytes_PathIsAFolder_LeavesNothingBehind()
    {
        Directory.CreateDirectory(PathOf("folder/inside"));
        Assert.That(() => AtomicFile.WriteAllBytes(PathOf("folder"), [1]), Throws.InstanceOf<Exception>());
        Assert.That(Directory.GetFileSystemEntries(folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void WriteAllText_OfAnyText_IsUtf8WithoutAMark()
    {
        AtomicFile.WriteAllText(PathOf("x"), "ä\n");
        Assert.That(File.ReadAllBytes(PathOf("x")), Is.EqualTo("ä\n"u8.ToArray()));
    }

    [Test]
    public void PublishFolder_ToATakenName_LeavesBoth()
    {
        foreach (var name in new[] { "unfinished", "taken" })
        {
            Directory.CreateDirectory(PathOf(name));
            File.WriteAllText(PathOf(Path.Combine(name, "x")), name);
        }

        Assert.Throws<IOException>(() => AtomicFile.PublishFolder(PathOf("unfinished"), PathOf("taken")));
        Assert.That(File.ReadAllText(PathOf("taken/x")), Is.EqualTo("taken"));

        AtomicFile.PublishFolder(PathOf("unfinished"), PathOf("free"));
        Assert.That(File.ReadAllText(PathOf("free/x")), Is.EqualTo("unfinished"));
        Assert.That(Directory.Exists(PathOf("unfinished")), Is.False);
    }

    [Test]
    public void FlushFolder_OfNoFolder_NamesIt() =>
        Assert.That(() => AtomicFile.FlushFolder(PathOf("no")), Throws.TypeOf<IOException>().With.Message.Contains(PathOf("no")));

    private string PathOf(string name) => Path.Combine(folder, name);
}
