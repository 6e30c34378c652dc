using System.Buffers.Binary;
using Lhts.Data.DuckDb;
using Lhts.Data.Parquet;

namespace Lhts.Data.Tests.Parquet;

/// <summary>Files with random bytes changed are read, or refused with a message; the process never crashes or hangs.</summary>
public sealed class MutationTests : DataFixture
{
    private const int MutationsPerFile = 2000;
    private const int MaxChangedBytes = 4;

    private static readonly string[] Formats =
    [
        "FORMAT parquet, COMPRESSION uncompressed",
        "FORMAT parquet, COMPRESSION snappy",
        "FORMAT parquet, COMPRESSION zstd",
        "FORMAT parquet, COMPRESSION gzip, PARQUET_VERSION v2",
        "FORMAT parquet, COMPRESSION lz4_raw, PARQUET_VERSION v2",
    ];

    [Test]
    public void Read_RandomMutations_GivesTextsOrAMessage([Range(0, 4)] int format)
    {
        var path = WriteQuery("file.parquet", "SELECT 'document ' || (i * 7919 % 40) AS text FROM range(60) t(i)", Formats[format]);
        var good = File.ReadAllBytes(path);
        using var database = DuckDbDatabase.Open(new DuckDbOptions { NumThreads = 1, MemoryMebibytes = 64 });
        using var connection = database.Connect();
        var manifest = Manifest(connection);
        var random = new Random(format);
        var (numRead, numRefused) = (0, 0);
        for (var i = 0; i < MutationsPerFile; i++)
        {
            // A quarter anywhere, the rest before the footer, which then needs no reading again.
            var isAnywhere = i % 4 == 0;
            File.WriteAllBytes(path, Mutate(good, isAnywhere ? good.Length : FooterStart(good), random));
            if (TryRead(database, () => isAnywhere ? Manifest(connection) : manifest, i % 100 == 1 ? BadRows.Skip : BadRows.Fail)) numRead++;
            else numRefused++;
        }

        Assert.That(numRead, Is.GreaterThan(MutationsPerFile / 100));
        Assert.That(numRefused, Is.GreaterThan(MutationsPerFile / 4));
    }

    private bool TryRead(DuckDbDatabase database, Func<DataManifest> manifest, BadRows badRows)
    {
        try
        {
            var current = manifest();
            using var reader = new BlockReader(database.Connect(), current, _ => PathOf("file.parquet"), badRows);
            foreach (var block in DataBlock.Split(current, 1 << 20)) Assert.That(reader.Read(block, default).NumRows, Is.EqualTo(block.NumRows));
            return true;
        }
        catch (InvalidDataException error)
        {
            Assert.That(error.Message, Does.Contain(PathOf("file.parquet")));
            return false;
        }
    }

    private DataManifest Manifest(DuckDbConnection connection) => new ManifestReader(connection, Folder, "text").Read(["file.parquet"]);

    private static int FooterStart(byte[] file) => file.Length - 8 - BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - 8));

    private static byte[] Mutate(byte[] good, int end, Random random)
    {
        var bytes = good.ToArray();
        for (var left = 1 + random.Next(MaxChangedBytes); left > 0; left--) bytes[random.Next(end)] = (byte)random.Next(256);
        return bytes;
    }
}
