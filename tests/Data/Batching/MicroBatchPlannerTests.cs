using FsCheck;
using FsCheck.Fluent;
using Lhts.Data.Batching;

namespace Lhts.Data.Tests.Batching;

public sealed class MicroBatchPlannerTests
{
    private const int Padding = 99;

    [FsCheck.NUnit.Property]
    public void Group_AnyLengths_KeepsEverySequenceOnceWithinTheBudget(NonEmptyArray<byte> lengths, PositiveInt budget)
    {
        var sequences = lengths.Get.Select((length, lane) => Make(lane, length + 2)).ToList();
        var batches = MicroBatchPlanner.Group(sequences, budget.Get, Padding);
        Assert.That(batches.SelectMany(batch => batch.Lanes), Is.EquivalentTo(Enumerable.Range(0, sequences.Count)));
        foreach (var batch in batches)
        {
            Assert.That(batch.NumSequences == 1 || batch.NumSequences * batch.Length <= budget.Get, Is.True);
            for (var b = 0; b < batch.NumSequences; b++)
            {
                var row = batch.Tokens.AsSpan(b * batch.Length, batch.Length);
                Assert.That(batch.Lengths[b], Is.EqualTo(lengths.Get[batch.Lanes[b]] + 2));
                Assert.That(row[..batch.Lengths[b]].ToArray(), Is.All.EqualTo(batch.Lanes[b]));
                Assert.That(row[batch.Lengths[b]..].ToArray(), Is.All.EqualTo(Padding));
            }
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public void Cuts_FewLengths_AreTheCheapestOfAllGroupings(NonEmptyArray<byte> lengths, byte budget)
    {
        var sorted = lengths.Get.Take(8).Select(length => length + 2).OrderDescending().ToArray();
        var limit = budget + 1;
        var found = Cost(sorted, MicroBatchPlanner.Cuts(sorted, limit), limit);
        var best = Enumerable.Range(0, 1 << (sorted.Length - 1))
            .Select(mask => Enumerable.Range(1, sorted.Length).Where(end => end == sorted.Length || (mask >> (end - 1) & 1) == 1).ToList())
            .Min(cuts => Cost(sorted, cuts, limit));
        Assert.That(found, Is.EqualTo(best));
    }

    [Test]
    public void Group_LogNormalLengths_WastesUnderThreePercent()
    {
        // Lengths of web documents are about log-normal; 512 sequences, context 1024, the default budget.
        var lengths = Enumerable.Range(0, 512).Select(i => (int)Math.Clamp(Math.Exp(5.5 + Quantile((i + 0.5) / 512)), 2, 1024)).ToList();
        var batches = MicroBatchPlanner.Group(lengths.Select((length, lane) => Make(lane, length)), 16384, Padding);
        var positions = batches.Sum(batch => batch.NumSequences * batch.Length);
        Assert.That((double)lengths.Sum() / positions, Is.GreaterThan(0.97));
    }

    [Test]
    public void Group_NoSequences_IsEmpty() => Assert.That(MicroBatchPlanner.Group([], 10, Padding), Is.Empty);

    private static Sequence Make(int lane, int length) => new(lane, 1000 + lane, 0, Enumerable.Repeat(lane, length).ToArray());

    private static long Cost(int[] lengths, List<int> cuts, int budget)
    {
        var (cost, start) = (0L, 0);
        foreach (var end in cuts)
        {
            var positions = (long)(end - start) * lengths[start];
            if (positions > budget && end - start > 1) return long.MaxValue;
            cost += positions + Math.Max(1, budget / 128);
            start = end;
        }

        return cost;
    }

    // Quantiles of the logistic distribution with the normal's spread: near enough to a bell curve, with longer tails.
    private static double Quantile(double p) => Math.Log(p / (1 - p)) * Math.Sqrt(3) / Math.PI;
}
