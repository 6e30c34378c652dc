using System.Text;
using Lhts.Data.Batching;
using Lhts.Data.Parquet;
using Lhts.Data.Streaming;

namespace Lhts.Data.Tests.Streaming;

public sealed class BadRowsTests : StreamFixture
{
    private const int NumDocuments = 60;

    [Test]
    public async Task Skip_RowsOfBrokenText_AreCountedAndTheRestIsRead([Values(1, 3)] int worldSize)
    {
        WriteDamaged(17, 18, 40);
        var (documents, counters, messages) = await RunAsync(worldSize, BadRows.Skip);
        Assert.That(documents.Order(), Is.EqualTo(Enumerable.Range(0, NumDocuments).Except([17, 18, 40])));
        Assert.That(counters.Sum(counter => counter.BadDocuments), Is.EqualTo(3));
        Assert.That(messages, Has.Some.Contains($"Row group 0 of '{PathOf("part.parquet")}' (rows 17 to 17) cannot be read: ").And.Some.Contains("Skipped."));
    }

    [Test]
    public void Fail_RowsOfBrokenText_NamesFileAndRowGroup()
    {
        WriteDamaged(17);
        Assert.That(async () => await RunAsync(1, BadRows.Fail), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith(
            $"Row group 0 of '{PathOf("part.parquet")}' (rows 0 to 59) cannot be read: "));
    }

    [Test]
    public async Task Skip_WholePageDamaged_LosesTheRowGroupOnly()
    {
        WriteParquet("part.parquet", [.. Enumerable.Range(0, 300).Select(i => $"{i}")], ["300", "301"]);
        var bytes = File.ReadAllBytes(PathOf("part.parquet"));
        Array.Fill(bytes, (byte)0xFF, 4, 24);
        File.WriteAllBytes(PathOf("part.parquet"), bytes);
        var (documents, counters, _) = await RunAsync(1, BadRows.Skip);
        Assert.That(documents.Order(), Is.EqualTo(new[] { 300, 301 }));
        Assert.That(counters[0].BadDocuments, Is.EqualTo(300));
    }

    [Test]
    public async Task Skip_CharactersOutsideTheAlphabet_AreCountedOnce([Values(1, 2, 4)] int worldSize)
    {
        WriteParquet("part.parquet", [.. Enumerable.Range(0, NumDocuments).Select(i => i % 10 == 3 ? $"x{i}" : $"{i}")]);
        var (documents, counters, messages) = await RunAsync(worldSize, BadRows.Skip);
        Assert.That(documents.Order(), Is.EqualTo(Enumerable.Range(0, NumDocuments).Where(i => i % 10 != 3)));
        Assert.That(counters.Sum(counter => counter.BadDocuments), Is.EqualTo(6));
        Assert.That(messages, Has.Some.Contains($"'{PathOf("part.parquet")}' row 3: character U+0078 'x'"));
    }

    [Test]
    public void Skip_NothingCanBeEncoded_EndsInAMessage([Values(1L, null)] long? numEpochs)
    {
        WriteParquet("part.parquet", ["x", "y", "z"]);
        Assert.That(async () => await RunAsync(1, BadRows.Skip, numEpochs),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("can encode none of the 3 documents"));
    }

    private async Task<(List<long> Documents, List<DataCounters> Counters, List<string> Messages)> RunAsync(int worldSize, BadRows badRows, long? numEpochs = 1)
    {
        using var data = Open();
        var (documents, counters, messages) = (new List<long>(), new List<DataCounters>(), new List<string>());
        for (var rank = 0; rank < worldSize; rank++)
        {
            var stream = new BatchStream(data, Digits, Shuffled, Options(4, numEpochs) with { Rank = rank, WorldSize = worldSize, BadRows = badRows })
            {
                OnBadRows = message =>
                {
                    lock (messages) messages.Add(message);
                },
            };
            counters.Add(stream.Counters);
            await foreach (var step in stream.ReadAsync()) documents.AddRange(DocumentsOf([step]));
        }

        return (documents, counters, messages);
    }

    /// <summary>Writes documents plainly, then puts a byte that is no UTF-8 into some.</summary>
    private void WriteDamaged(params int[] rows)
    {
        string Text(int row) => $"{row:00}-{row * 7919:0000000000}";
        var path = WriteQuery(
            "part.parquet", $"SELECT unnest([{string.Join(", ", Enumerable.Range(0, NumDocuments).Select(row => $"'{Text(row)}'"))}]) AS text",
            "FORMAT parquet, COMPRESSION uncompressed");
        var bytes = File.ReadAllBytes(path);
        foreach (var row in rows)
        {
            var at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Text(row)));
            Assert.That(at, Is.GreaterThan(0));
            bytes[at + 2] = 0xFF;
        }

        File.WriteAllBytes(path, bytes);
    }
}
