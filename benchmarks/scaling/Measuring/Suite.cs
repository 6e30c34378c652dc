using Lhts.Trainer.Recipes;

namespace Lhts.Scaling.Benchmarks.Measuring;

/// <summary>Everything that is measured.</summary>
internal sealed class Suite
{
    /// <summary>Bandwidths that the pair of interfaces is held to, in Gbit/s.</summary>
    public static readonly double[] Bandwidths = [10, 1];

    public static readonly double[] BucketMegabytes = [25, 4, 2, 1];

    private readonly Dictionary<Case, Outcome> outcomes = [];

    public Case AloneHalf { get; } = new("1 process of 1 thread, half the batch") { Processes = 1 };
    public Case Alone { get; } = new("1 process of 1 thread") { Processes = 1, Batches = 2 };
    public Case Wide { get; } = new("1 process of 2 threads") { Processes = 1, Threads = 2, Batches = 2 };

    /// <summary>What two ranks would take if they had nothing to tell each other, on the same cores and the same memory.</summary>
    public Case Strangers { get; } = new("2 processes of 1 thread, each for itself") { AreRanks = false };

    public Case Ranks { get; } = new("2 ranks of 1 thread");
    public Case Late { get; } = new("2 ranks, sent after backward") { Overlaps = false };

    public IReadOnlyList<Case> Buckets { get; } =
        [.. BucketMegabytes.Select(size => new Case($"2 ranks, buckets of {size} MiB") { Distributed = new DistributedRecipe { BucketMegabytes = size } })];

    public Case Plain { get; } = new("2 ranks apart") { IsApart = true };

    public Case Rounded { get; } = new("2 ranks apart, bfloat16")
    {
        IsApart = true, Distributed = new DistributedRecipe { BucketMegabytes = 2, Compression = GradientCompression.Bfloat16 },
    };

    public Case Sharded { get; } = new("2 ranks apart, sharded optimizer")
    {
        IsApart = true, Distributed = new DistributedRecipe { BucketMegabytes = 2, ShardOptimizer = true },
    };

    public IReadOnlyList<Case> Shaped { get; } =
    [
        .. Bandwidths.SelectMany(rate => new[] { true, false }.Select(overlaps =>
            new Case($"2 ranks at {rate} Gbit/s, sent {(overlaps ? "on the way" : "after backward")}") { IsApart = true, Gigabits = rate,
                Overlaps = overlaps })),
    ];

    public IReadOnlyList<Case> Apart => [Plain, Rounded, Sharded, .. Shaped];

    public Outcome this[Case measured] => outcomes[measured];

    /// <summary>Whether it was measured.</summary>
    public bool Has(Case measured) => outcomes.ContainsKey(measured);

    /// <summary>
    /// Measures, with a line of progress for each; in rounds over all cases, so that what changes on the machine meanwhile touches all of them.
    /// </summary>
    public void Run(Workload work, bool canBeApart)
    {
        Case[] all = [AloneHalf, Alone, Wide, Strangers, Ranks, Late, .. Buckets, .. canBeApart ? Apart : []];
        var reports = all.ToDictionary(measured => measured, _ => new List<IReadOnlyList<RankReport>>());
        for (var i = 0; i < all.Length * work.Rounds; i++)
        {
            var measured = all[i % all.Length];
            Console.Error.Write($"[{i + 1,2}/{all.Length * work.Rounds}] {measured.Name} ");
            reports[measured].Add(Launcher.Measure(measured, work));
            outcomes[measured] = Outcome.Of(measured, work, [.. Enumerable.Range(0, measured.Processes).Select(rank => Together(reports[measured], rank))]);
            Console.Error.WriteLine($"{outcomes[measured].Step * 1000:F0} ms");
        }
    }

    private static RankReport Together(IReadOnlyList<IReadOnlyList<RankReport>> rounds, int rank) =>
        RankReport.Together([.. rounds.Select(round => round[rank])]);
}
