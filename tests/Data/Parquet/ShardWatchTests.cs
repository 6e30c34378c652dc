using Lhts.Data.Parquet;

namespace Lhts.Data.Tests.Parquet;

public sealed class ShardWatchTests : DataFixture
{
    [Test]
    public void Read_OfAFileReplacedByOneOfAsManyRows_SaysSo()
    {
        WriteParquet("a.parquet", ["1", "2"], ["3", "4"]);
        using var data = Open();
        using var reader = data.OpenReader();
        reader.Read(data.Blocks[0], CancellationToken.None);
        Replace("a.parquet", ["1", "2"], ["8", "9"]);
        Assert.That(
            () => reader.Read(data.Blocks[1], CancellationToken.None),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains($"'{PathOf("a.parquet")}' changed while it was in use"));
    }

    [Test]
    public void Read_OfAFileThatIsGone_SaysSo()
    {
        WriteParquet("a.parquet", ["1", "2"]);
        using var data = Open();
        File.Delete(PathOf("a.parquet"));
        Assert.That(() => TextsOf(data), Throws.TypeOf<InvalidDataException>().With.Message.Contains("it is gone"));
    }

    [Test]
    public void Read_OfAFileThatWasCopiedAgain_GoesOn()
    {
        WriteParquet("a.parquet", ["1", "2"], ["3", "4"]);
        using var data = Open();
        using var reader = data.OpenReader();
        reader.Read(data.Blocks[0], CancellationToken.None);
        File.Copy(PathOf("a.parquet"), PathOf("b"));
        File.Move(PathOf("b"), PathOf("a.parquet"), overwrite: true);
        File.SetLastWriteTimeUtc(PathOf("a.parquet"), new DateTime(2001, 2, 3, 0, 0, 0, DateTimeKind.Utc));
        Assert.That(reader.Read(data.Blocks[1], CancellationToken.None).NumRows, Is.EqualTo(2));
    }

    private void Replace(string name, params string?[][] rowGroups)
    {
        File.Delete(PathOf(name));
        WriteParquet(name, rowGroups);
    }
}
