namespace Lhts.Scaling.Benchmarks.Model;

/// <summary>What all algorithms of an all-reduce must pay.</summary>
public static class Collective
{
    /// <summary>The bytes that each rank must send so that all have the sum, as a multiple of the tensor's: 2 (n - 1) / n (Patarasuk and Yuan 2009).</summary>
    public static double RingShare(int numRanks) => 2.0 * (numRanks - 1) / numRanks;

    /// <summary>Seconds of a ring over equal links: the bytes, and 2 (n - 1) hops one after the other.</summary>
    public static double Ring(double bytes, int numRanks, double bytesPerSecond, double hop) =>
        (RingShare(numRanks) * bytes / bytesPerSecond) + (2 * (numRanks - 1) * hop);
}
