using Lhts.Trainer.Recipes;

namespace Lhts.Scaling.Benchmarks.Measuring;

/// <summary>Something to measure.</summary>
/// <param name="Name">What the progress and tables call it.</param>
internal sealed record Case(string Name)
{
    /// <summary>Processes. Default 2.</summary>
    public int Processes { get; init; } = 2;

    /// <summary>Threads of each. Default 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether the processes are ranks of one run. Default true; false for processes that know nothing of each other.</summary>
    public bool AreRanks { get; init; } = true;

    /// <summary>Each process's sequences, as a multiple of the workload's. Default 1.</summary>
    public int Batches { get; init; } = 1;

    /// <summary>Whether gradients are sent while backward goes on. Default true.</summary>
    public bool Overlaps { get; init; } = true;

    /// <summary>How gradients travel.</summary>
    public DistributedRecipe Distributed { get; init; } = new() { BucketMegabytes = 2 };

    /// <summary>Whether each rank has a network of its own, joined by a pair of virtual interfaces. Default false: loopback.</summary>
    public bool IsApart { get; init; }

    /// <summary>What that pair carries, in Gbit/s. Default null: what it can.</summary>
    public double? Gigabits { get; init; }
}
