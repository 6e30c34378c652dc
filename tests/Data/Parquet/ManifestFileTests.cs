using Lhts.Data.Parquet;

namespace Lhts.Data.Tests.Parquet;

public sealed class ManifestFileTests : DataFixture
{
    private DataManifest _saved = null!;

    [SetUp]
    public void WriteData()
    {
        WriteParquet("data/a.parquet", ["one", "two"], ["three"]);
        WriteParquet("data/b.parquet", ["four"]);
        WriteParquet("data/c.parquet", ["five"]);
        _saved = Manifest();
    }

    [Test]
    public void Save_ThenLoad_IsTheSame()
    {
        ManifestFile.Save(_saved, PathOf("run/manifest.json"));
        var loaded = ManifestFile.Load(PathOf("run/manifest.json"));
        Assert.That(loaded.Fingerprint, Is.EqualTo(_saved.Fingerprint));
        Assert.That(loaded.NumDocuments, Is.EqualTo(5));
        Assert.That(() => ManifestFile.RequireSame(loaded, Manifest()), Throws.Nothing);
    }

    [Test]
    public void RequireSame_AddedRemovedAndChanged_NamesEach()
    {
        File.Delete(PathOf("data/a.parquet"));
        WriteParquet("data/b.parquet", ["four", "more"]);
        WriteParquet("data/d.parquet", ["six"]);
        var sizes = (new FileInfo(PathOf("data/b.parquet")).Length, _saved.Shards[1].NumBytes);
        Assert.That(() => ManifestFile.RequireSame(_saved, Manifest()), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            $"The data set changed since the run began: 'a.parquet' was removed; 'b.parquet' had {sizes.Item2} bytes and has {sizes.Item1}; 'd.parquet' was "
            + "added. Restore it, or start a new run."));
    }

    [Test]
    public void Changes_SameSizeOtherContents_AreSeenInTheFooter()
    {
        WriteParquet("data/b.parquet", ["FOUR"]);
        Assert.That(ManifestFile.Changes(_saved, Manifest()), Is.EqualTo(new[] { "'b.parquet' has another footer" }));
    }

    [Test]
    public void Changes_OtherColumnOrRows_AreNamed()
    {
        var shard = _saved.Shards[0];
        var other = _saved with { TextColumn = "body", Shards = _saved.Shards.SetItem(0, shard with { RowGroups = [shard.RowGroups[0]] }) };
        Assert.That(ManifestFile.Changes(_saved, other), Is.EqualTo(new[] { "the text column was 'text' and is 'body'", "'a.parquet' had 3 rows and has 2" }));
        var regrouped = _saved with { Shards = _saved.Shards.SetItem(0, shard with { RowGroups = [shard.RowGroups[1], shard.RowGroups[0]] }) };
        Assert.That(ManifestFile.Changes(_saved, regrouped), Is.EqualTo(new[] { "'a.parquet' has other row groups" }));
    }

    [Test]
    public void RequireSame_ManyChanges_ShowsFive()
    {
        for (var i = 0; i < 9; i++) WriteParquet($"data/x{i}.parquet", ["x"]);
        Assert.That(() => ManifestFile.RequireSame(_saved, Manifest()),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("'x4.parquet' was added; and 4 more."));
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("{\"TextColumn\": \"text\"}")]
    public void Load_BadFile_NamesIt(string json)
    {
        File.WriteAllText(PathOf("manifest.json"), json);
        Assert.That(() => ManifestFile.Load(PathOf("manifest.json")), Throws.TypeOf<InvalidDataException>().With.Message.Contains(PathOf("manifest.json")));
    }

    private DataManifest Manifest()
    {
        using var data = Open("data");
        return data.Manifest;
    }
}
