using System.Text;
using Lhts.Data.DuckDb;

namespace Lhts.Data.Tests.DuckDb;

public sealed class ConnectionTests
{
    private DuckDbDatabase _database = null!;
    private DuckDbConnection _connection = null!;

    [SetUp]
    public void Open()
    {
        _database = DuckDbDatabase.Open(new DuckDbOptions { NumThreads = 1, MemoryMebibytes = 300 });
        _connection = _database.Connect();
    }

    [TearDown]
    public void Close()
    {
        _connection.Dispose();
        _database.Dispose();
    }

    [TestCase(0), TestCase(1), TestCase(11), TestCase(12), TestCase(13), TestCase(100), TestCase(100_000)]
    public void Text_OfLength_ComesBack(int length)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + i % 26)));
        Assert.That(Single("SELECT ?", text), Is.EqualTo(text));
    }

    [Test]
    public void Query_MoreRowsThanOneChunk_AllValuesAndNulls()
    {
        using var reader = _connection.Query("SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE 'row ' || i END FROM range(5000) t(i)");
        var row = 0L;
        while (reader.NextChunk())
        {
            for (var i = 0; i < reader.NumRows; i++, row++)
            {
                Assert.That(reader.Column(0).Int64(i), Is.EqualTo(row));
                Assert.That(reader.Column(1).IsNull(i), Is.EqualTo(row % 3 == 0));
                if (row % 3 != 0) Assert.That(reader.Column(1).Text(i), Is.EqualTo($"row {row}"));
            }
        }

        Assert.That(row, Is.EqualTo(5000));
    }

    [TestCase("threads", "1")]
    [TestCase("memory_limit", "300.0 MiB")]
    [TestCase("autoinstall_known_extensions", "false")]
    [TestCase("autoload_known_extensions", "false")]
    [TestCase("temp_directory", "")]
    public void Setting_OfOptions_IsInForce(string name, string expected) =>
        Assert.That(Single("SELECT current_setting(?)::VARCHAR", name), Is.EqualTo(expected));

    [Test]
    public void Query_WithError_ThrowsDuckDbsMessage()
    {
        Assert.That(() => _connection.Execute("SELEKT 1"), Throws.TypeOf<DuckDbException>().With.Message.Contains("SELEKT"));
        Assert.That(() => _connection.Execute("SELECT error('boom') FROM range(3)"), Throws.TypeOf<DuckDbException>().With.Message.Contains("boom"));
        Assert.That(() => _connection.Execute("SELECT * FROM missing_table"), Throws.TypeOf<DuckDbException>().With.Message.Contains("missing_table"));
    }

    [TestCase("no_such_setting", "1")]
    [TestCase("threads", "many")]
    public void Open_BadSetting_Throws(string name, string value) => Assert.That(
        () =>
        {
            using var config = ConfigHandle.Create([new(name, value)]);
            DatabaseHandle.OpenInMemory(config).Dispose();
        },
        Throws.TypeOf<DuckDbException>());

    [Test]
    public void TextTable_Rows_AreRead()
    {
        var left = 3;
        using var table = _connection.AddTextTable("letters", chunk =>
        {
            if (left == 0) return 0;
            chunk.Set(0, ""u8);
            chunk.Set(1, Encoding.UTF8.GetBytes(new string('é', left)));
            left--;
            return 2;
        });
        Assert.That(Single("SELECT string_agg(text, ',') FROM letters()"), Is.EqualTo(",ééé,,éé,,é"));
    }

    [Test]
    public void TextTable_ThatThrows_KeepsTheException()
    {
        using var table = _connection.AddTextTable("bad", _ => throw new InvalidDataException("line 7"));
        Assert.That(() => _connection.Execute("SELECT * FROM bad()"), Throws.TypeOf<DuckDbException>().With.Message.Contains("line 7"));
        Assert.That(table.Error, Is.TypeOf<InvalidDataException>());
    }

    [Test]
    public void InterruptOn_CancelledToken_StopsTheQuery()
    {
        using var cancellation = new CancellationTokenSource();
        using var table = _connection.AddTextTable("endless", chunk =>
        {
            cancellation.Cancel();
            chunk.Set(0, "x"u8);
            return 1;
        });
        using var interrupt = _connection.InterruptOn(cancellation.Token);
        Assert.That(() => _connection.Execute("SELECT count(*) FROM endless()"), Throws.TypeOf<DuckDbException>().With.Message.Contains("nterrupt"));
    }

    [Test]
    public void Quotes_InNamesAndTexts_AreDoubled()
    {
        Assert.That(DuckDbConnection.Literal("it's"), Is.EqualTo("'it''s'"));
        Assert.That(DuckDbConnection.Identifier("a\"b"), Is.EqualTo("\"a\"\"b\""));
    }

    private string Single(string sql, params object[] parameters)
    {
        using var reader = _connection.Query(sql, parameters);
        Assert.That(reader.NextChunk(), Is.True);
        return reader.Column(0).Text(0);
    }
}
