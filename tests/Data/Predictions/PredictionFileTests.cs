using Lhts.Data.DuckDb;
using Lhts.Data.Predictions;

namespace Lhts.Data.Tests.Predictions;

public sealed class PredictionFileTests
{
    private string folder = null!;

    [SetUp]
    public void Make() => folder = Directory.CreateTempSubdirectory("lhts-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(folder, recursive: true);

    [TestCase("a,b,label,c\n0.5,-1,2,3\n1,2,0,-0.25\n")]
    [TestCase("label,logits\n2,\"[0.5, -1, 3]\"\n0,\"[1, 2, -0.25]\"\n")]
    public void Read_OfCsv_TakesAListOrEveryOtherColumn(string csv)
    {
        var read = PredictionFile.Read(Write(csv), "label", "logits");

        Assert.That(read.Labels, Is.EqualTo(new long[] { 2, 0 }));
        Assert.That(read.Rows, Is.EqualTo(new[] { new[] { 0.5f, -1, 3 }, [1, 2, -0.25f] }));
    }

    [Test]
    public void Read_OfParquet_TakesItsColumns()
    {
        var path = Path.Combine(folder, "rows.parquet");
        using (var database = DuckDbDatabase.Open(new DuckDbOptions()))
        using (var connection = database.Connect())
        {
            connection.Execute($"COPY (SELECT 1 AS y, [0.5, 2.0] AS scores) TO {DuckDbConnection.Literal(path)} (FORMAT parquet)");
        }

        var read = PredictionFile.Read(path, "y", "scores");

        Assert.That((read.Labels[0], read.Rows[0]), Is.EqualTo((1L, new[] { 0.5f, 2 })));
    }

    [TestCase("a,b\n1,2\n", "has no column 'label'. It has a, b.")]
    [TestCase("label,a,b\n2,1,2\n", "row 0 (counted from 0) has the label 2, but must have one of 0 to 1")]
    [TestCase("label,a\n0,1\n", "has 1 logits, but must have 2 or more")]
    [TestCase("label,logits\n0,\"[1, 2]\"\n0,\"[1, 2, 3]\"\n", "row 1 (counted from 0) has 3 logits, but must have 2 as the first")]
    [TestCase("label,a,b\n0,1,\n", "holds NULL")]
    [TestCase("label,a,b\n", "has no rows")]
    [TestCase("label,a,b\nx,1,2\n", "cannot be read")]
    public void Read_OfWhatIsNone_SaysSo(string csv, string message) => Assert.That(
        () => PredictionFile.Read(Write(csv), "label", "logits"), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));

    [Test]
    public void Read_OfAnotherKind_SaysSo()
    {
        File.WriteAllText(Path.Combine(folder, "rows.txt"), "");
        Assert.That(() => PredictionFile.Read(Path.Combine(folder, "rows.txt"), "label", "logits"),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("must end in .parquet, .csv"));
        Assert.That(() => PredictionFile.Read(Path.Combine(folder, "none.csv"), "label", "logits"), Throws.InstanceOf<FileNotFoundException>());
    }

    private string Write(string csv)
    {
        var path = Path.Combine(folder, "rows.csv");
        File.WriteAllText(path, csv);
        return path;
    }
}
