using FsCheck;
using FsCheck.Fluent;
using FsCheck.NUnit;
using Lhts.Data.Order;

namespace Lhts.Data.Tests.Order;

public sealed class DocumentOrderTests
{
    [FsCheck.NUnit.Property]
    public void Epoch_OfAnySizes_IsAPermutation(NonEmptyArray<byte> sizes, ulong seed, PositiveInt window, bool shuffle, byte epoch)
    {
        var order = Make(sizes, seed, window, shuffle);
        if (order is null) return;
        var seen = Walk(order, epoch).ToHashSet();
        Assert.That(seen, Has.Count.EqualTo(order.NumDocuments));
        Assert.That(seen.All(place => place.Row >= 0 && place.Row < sizes.Get[place.Block]), Is.True);
    }

    [FsCheck.NUnit.Property(MaxTest = 50)]
    public void Locate_AnyPosition_AgreesWithTheWalk(NonEmptyArray<byte> sizes, ulong seed, PositiveInt window, byte epoch)
    {
        var order = Make(sizes, seed, window, shuffle: true);
        if (order is null) return;
        var walk = Walk(order, epoch);
        for (var i = 0; i < walk.Count; i += 1 + walk.Count / 5) Assert.That(order.Locate(epoch * order.NumDocuments + i), Is.EqualTo(walk[i]));
    }

    [FsCheck.NUnit.Property]
    public void Window_Documents_AreThoseOfItsBlocks(NonEmptyArray<byte> sizes, ulong seed, PositiveInt window)
    {
        var order = Make(sizes, seed, window, shuffle: true);
        if (order is null) return;
        var epoch = order.Epoch(1);
        for (var i = 0; i < epoch.NumWindows; i++)
        {
            var one = epoch.Window(i);
            Assert.That(one.Blocks, Has.Count.LessThanOrEqualTo(window.Get));
            Assert.That(Enumerable.Range(0, one.NumDocuments).All(at => one.Blocks.Contains(one.At(one.FirstPosition + at).Block)), Is.True);
        }
    }

    [Test]
    public void Epoch_WithoutShuffle_IsFileOrder()
    {
        var order = new DocumentOrder([2, 0, 3], new OrderOptions { Shuffle = false, WindowBlocks = 2 });
        Assert.That(Walk(order, 3), Is.EqualTo(new DocumentLocation[] { new(0, 0), new(0, 1), new(2, 0), new(2, 1), new(2, 2) }));
    }

    [Test]
    public void Order_OfSeedAndEpoch_IsFrozen()
    {
        // A change here would silently reorder every run that resumes: it needs a new version of the saved state.
        var order = new DocumentOrder([3, 2, 4, 1, 3], new OrderOptions { Seed = 5, WindowBlocks = 2 });
        string Shown(long epoch) => string.Join(' ', Walk(order, epoch).Select(place => $"{place.Block}.{place.Row}"));
        Assert.That(Shown(0), Is.EqualTo("4.0 1.0 4.1 4.2 1.1 0.0 0.1 2.0 0.2 2.2 2.1 2.3 3.0"));
        Assert.That(Shown(1), Is.EqualTo("4.1 4.0 4.2 3.0 0.2 0.0 0.1 1.1 1.0 2.2 2.3 2.1 2.0"));
    }

    [Test]
    public void Order_OtherSeedOrEpoch_IsAnother()
    {
        var sizes = Enumerable.Repeat(10, 20).ToArray();
        var one = new DocumentOrder(sizes, new OrderOptions { Seed = 1 });
        var two = new DocumentOrder(sizes, new OrderOptions { Seed = 2 });
        Assert.That(Walk(one, 0), Is.Not.EqualTo(Walk(two, 0)));
        Assert.That(Walk(one, 0), Is.Not.EqualTo(Walk(one, 1)));
        Assert.That(Walk(one, 0), Is.EqualTo(Walk(new DocumentOrder(sizes, new OrderOptions { Seed = 1 }), 0)));
    }

    [Test]
    public void Permutation_OfThree_IsUniform()
    {
        // 60,000 draws of 6 outcomes: mean 10,000, standard deviation 91.3; the bound is 5 of them.
        var counts = new Dictionary<string, int>();
        for (var key = 0UL; key < 60_000; key++)
        {
            var text = string.Concat(IntegerHash.Permutation(3, IntegerHash.Combine(99, key)));
            counts[text] = counts.GetValueOrDefault(text) + 1;
        }

        Assert.That(counts, Has.Count.EqualTo(6));
        Assert.That(counts.Values, Is.All.InRange(10_000 - 457, 10_000 + 457));
    }

    [Test]
    public void DocumentOrder_BadArguments_Throw()
    {
        Assert.That(() => new DocumentOrder([], new OrderOptions()), Throws.ArgumentException);
        Assert.That(() => new DocumentOrder([0], new OrderOptions()), Throws.ArgumentException);
        Assert.That(() => new DocumentOrder([-1, 2], new OrderOptions()), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new DocumentOrder([1], new OrderOptions { WindowBlocks = 0 }), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new DocumentOrder([1], new OrderOptions()).Locate(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static DocumentOrder? Make(NonEmptyArray<byte> sizes, ulong seed, PositiveInt window, bool shuffle) => sizes.Get.All(size => size == 0)
        ? null
        : new DocumentOrder(sizes.Get.Select(size => (int)size), new OrderOptions { Seed = seed, WindowBlocks = window.Get, Shuffle = shuffle });

    private static List<DocumentLocation> Walk(DocumentOrder order, long epoch)
    {
        var windows = order.Epoch(epoch);
        var places = new List<DocumentLocation>();
        for (var position = epoch * order.NumDocuments; position < windows.EndPosition;)
        {
            var window = windows.Window(windows.WindowOf(position));
            Assert.That(window.FirstPosition, Is.EqualTo(position));
            for (; position < window.FirstPosition + window.NumDocuments; position++) places.Add(window.At(position));
        }

        return places;
    }
}
