using FsCheck;
using FsCheck.Fluent;
using Lhts.Data.DuckDb;

namespace Lhts.Data.Tests.DuckDb;

/// <summary>Columns of type FLOAT[] on their way through DuckDB and Parquet.</summary>
public sealed class FloatListTests : DataFixture
{
    [Test]
    public void Lists_NullEmptyAndLong_ComeBack() =>
        Assert.That(RoundTrip([[[1.5f, -2f], null, []], [[.. Enumerable.Range(0, 300_000).Select(i => -i / 7f)]], [null, null], [[float.MinValue, 0f]]]),
            Is.Empty);

    [FsCheck.NUnit.Property(MaxTest = 20)]
    public void Lists_Any_ComeBack(PositiveInt seed)
    {
        var random = new Random(seed.Get);
        var groups = Enumerable.Range(0, random.Next(1, 5))
            .Select(_ => Enumerable.Range(0, random.Next(1, TextChunk.MaxRows + 1))
                .Select(_ => random.Next(4) == 0 ? null : Enumerable.Range(0, random.Next(20)).Select(_ => random.NextSingle()).ToArray()).ToArray())
            .ToArray();
        Assert.That(RoundTrip(groups), Is.Empty);
    }

    [Test]
    public void List_WithANullElement_IsToldApart()
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions());
        using var connection = database.Connect();
        using var reader = connection.Query("SELECT x FROM (VALUES ([1.0::FLOAT, 2.0]), ([3.0::FLOAT, NULL]), (NULL)) t(x)");
        Assert.That(reader.NextChunk(), Is.True);
        var lists = reader.FloatLists(0);
        Assert.That(Enumerable.Range(0, 2).Select(row => lists.HasNulls(row)), Is.EqualTo(new[] { false, true }));
        Assert.That(lists.IsNull(2), Is.True);
    }

    /// <summary>Writes groups of rows as row groups and reads them back; gives the rows that differ.</summary>
    private List<int> RoundTrip(float[]?[][] groups)
    {
        var (path, next) = (PathOf("lists.parquet"), 0);
        using var database = DuckDbDatabase.Open(new DuckDbOptions { NumThreads = 1 });
        using var connection = database.Connect();
        using var table = connection.AddFloatListTable("lists", chunk =>
        {
            if (next == groups.Length) return 0;
            var group = groups[next++];
            for (var row = 0; row < group.Length; row++)
            {
                if (group[row] is { } values) chunk.Set(row, values);
                else chunk.SetNull(row);
            }

            return group.Length;
        });
        connection.Execute($"COPY (SELECT numbers FROM lists()) TO {DuckDbConnection.Literal(path)} (FORMAT parquet, ROW_GROUP_SIZE 1)");

        float[]?[] written = [.. groups.SelectMany(group => group)];
        var (differing, at) = (new List<int>(), 0);
        using var reader = connection.Query("SELECT numbers FROM read_parquet(?)", path);
        while (reader.NextChunk())
        {
            var lists = reader.FloatLists(0);
            for (var row = 0; row < reader.NumRows; row++, at++)
            {
                var same = lists.IsNull(row) ? written[at] is null : written[at] is { } values && lists.Values(row).SequenceEqual(values)
                    && !lists.HasNulls(row);
                if (!same) differing.Add(at);
            }
        }

        Assert.That(at, Is.EqualTo(written.Length));
        return differing;
    }
}
