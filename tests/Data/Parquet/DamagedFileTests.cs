namespace Lhts.Data.Tests.Parquet;

public sealed class DamagedFileTests : DataFixture
{
    private byte[] _good = [];

    [SetUp]
    public void WriteGoodFile()
    {
        WriteParquet("good.parquet", ["first", "second"], [.. Enumerable.Range(0, 100).Select(i => $"document {i}")]);
        _good = File.ReadAllBytes(PathOf("good.parquet"));
    }

    [TestCase(0, "is empty")]
    [TestCase(3, "is cut off: it has 3 bytes")]
    [TestCase(11, "is cut off: it has 11 bytes")]
    [TestCase(200, "is cut off: its 200 bytes do not end with PAR1")]
    public void Open_TruncatedFile_NamesItAndItsSize(int size, string expected)
    {
        File.WriteAllBytes(PathOf("short.parquet"), _good[..size]);
        Assert.That(() => Open(), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            $"The Parquet file '{PathOf("short.parquet")}' {expected}. Write or copy it again, or take it out of the data set."));
    }

    [Test]
    public void Open_OtherKindOfFile_SaysSo()
    {
        File.WriteAllText(PathOf("text.parquet"), "This is no Parquet file, only a line of text.");
        Assert.That(() => Open(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("does not start with PAR1: it is not a Parquet file"));
    }

    [Test]
    public void Open_EncryptedFile_SaysSo()
    {
        File.WriteAllBytes(PathOf("secret.parquet"), [.. "PARE"u8, .. _good[4..^4], .. "PARE"u8]);
        Assert.That(() => Open(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("is encrypted"));
    }

    [Test]
    public void Open_FooterLengthBeyondFile_SaysSo()
    {
        var bytes = _good.ToArray();
        bytes[^5] = 0x7F;
        File.WriteAllBytes(PathOf("bad.parquet"), bytes);
        Assert.That(() => Open(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("its footer claims"));
    }

    [Test]
    public void Open_GarbageInFooter_NamesTheFile()
    {
        var bytes = _good.ToArray();
        Array.Fill(bytes, (byte)0xFF, bytes.Length - 60, 40);
        File.WriteAllBytes(PathOf("bad.parquet"), bytes);
        Assert.That(() => Open(), Throws.TypeOf<InvalidDataException>().With.Message.Contains(PathOf("bad.parquet")));
    }

    [Test]
    public void Read_GarbageInFirstPage_NamesFileAndRowGroup()
    {
        var bytes = _good.ToArray();
        Array.Fill(bytes, (byte)0xFF, 4, 24);
        File.WriteAllBytes(PathOf("good.parquet"), bytes);
        using var data = Open();
        Assert.That(() => TextsOf(data),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"Row group 0 of '{PathOf("good.parquet")}' (rows 0 to 1) cannot be read: "));
    }
}
