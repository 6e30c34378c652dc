using System.Runtime.Versioning;
using Lhts.Data.Preparing;

namespace Lhts.Data.Tests.Preparing;

[SupportedOSPlatform("linux")]
public sealed class BibleSourceTests : DataFixture
{
    [Test]
    public void Bible_Chapter_IsADocument()
    {
        Prepare("printf 'Ge1:1 In the beginning\\nGe1:2 And the earth\\nGe2:1 Thus\\n1Sm1:1 Now there was 1:2 a man\\n'");
        using var data = Open("out");
        Assert.That(TextsOf(data), Is.EqualTo(new[] { "In the beginning\nAnd the earth", "Thus", "Now there was 1:2 a man" }));
    }

    [Test]
    public void Bible_Arguments_AskForTheWholeText()
    {
        Prepare("echo \"Ge1:1 $*\"");
        using var data = Open("out");
        Assert.That(TextsOf(data), Is.EqualTo(new[] { "-f gen1:1-rev22:21" }));
    }

    [Test]
    public void Bible_OfDebian_HasAllChaptersAndVerses()
    {
        var result = DataPreparer.Prepare(new PrepareOptions { Output = PathOf("out") });
        using var data = Open("out");
        var texts = TextsOf(data);
        Assert.That(result.Documents, Is.EqualTo(1189));
        Assert.That(texts.Sum(text => text.Split('\n').Length), Is.EqualTo(31_102));
        Assert.That(texts[0], Does.StartWith("In the beginning God created the heaven and the earth.\nAnd the earth"));
        Assert.That(texts[^1], Does.EndWith("The grace of our Lord Jesus Christ be with you all. Amen."));
    }

    [Test]
    public void Bible_Missing_NamesThePackage() => Assert.That(
        () => DataPreparer.Prepare(new PrepareOptions { Output = PathOf("out"), BibleProgram = PathOf("no-bible") }),
        Throws.TypeOf<FileNotFoundException>().With.Message.Contains("apt-get install bible-kjv"));

    [TestCase("echo Ge1:1 x; exit 3", "exit code 3")]
    [TestCase("true", "exit code 0 and 0 bytes")]
    [TestCase("echo 'usage: bible'", "printed 'usage: bible', which is no verse")]
    public void Bible_Failing_SaysSo(string script, string expected)
    {
        Assert.That(() => Prepare(script), Throws.TypeOf<InvalidDataException>().With.Message.Contains(expected));
        Assert.That(Directory.Exists(PathOf("out")), Is.False);
    }

    private void Prepare(string script)
    {
        File.WriteAllText(PathOf("bible"), $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(PathOf("bible"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        DataPreparer.Prepare(new PrepareOptions { Output = PathOf("out"), BibleProgram = PathOf("bible") });
    }
}
