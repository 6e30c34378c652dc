using FsCheck;
using FsCheck.Fluent;
using Lhts.Data.Inspecting;

namespace Lhts.Data.Tests.Inspecting;

public sealed class LengthStatisticsTests
{
    [FsCheck.NUnit.Property]
    public void Quantile_OfAnyLengths_IsAtMostOneSixtyFourthTooLow(NonEmptyArray<uint> numbers, byte share, byte shift)
    {
        var lengths = numbers.Get.Select(number => (long)number << shift % 30).Order().ToArray();
        var statistics = Make(lengths);
        var exact = lengths[Math.Max(0, (int)Math.Ceiling(share / 255.0 * lengths.Length) - 1)];
        Assert.That(statistics.Quantile(share / 255.0), Is.InRange(exact - exact / 64, exact));
        Assert.That((statistics.Count, statistics.Sum, statistics.Min, statistics.Max),
            Is.EqualTo(((long)lengths.Length, lengths.Sum(), lengths[0], lengths[^1])));
        Assert.That(statistics.PowersOfTwo().Sum(bin => bin.Count), Is.EqualTo(lengths.Length));
    }

    [Test]
    public void PowersOfTwo_Lengths_AreCountedInTheirBins()
    {
        var bins = Make([0, 1, 2, 3, 3, 127, 128, 255, 256, 1000]).PowersOfTwo();
        Assert.That(bins, Is.EqualTo(new (long, long, long)[]
        {
            (0, 0, 1), (1, 1, 1), (2, 3, 3), (4, 7, 0), (8, 15, 0), (16, 31, 0), (32, 63, 0), (64, 127, 1), (128, 255, 2), (256, 511, 1), (512, 1023, 1),
        }));
    }

    [Test]
    public void Nothing_Added_IsZero()
    {
        var statistics = new LengthStatistics();
        Assert.That((statistics.Mean, statistics.Quantile(0.5), statistics.Max), Is.EqualTo((0.0, 0L, 0L)));
    }

    [Test]
    public void Add_LargestLong_Fits() => Assert.That(Make([long.MaxValue]).Quantile(1), Is.EqualTo(long.MaxValue));

    private static LengthStatistics Make(IEnumerable<long> lengths)
    {
        var statistics = new LengthStatistics();
        foreach (var length in lengths) statistics.Add(length);
        return statistics;
    }
}
