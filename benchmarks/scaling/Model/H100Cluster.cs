namespace Lhts.Scaling.Benchmarks.Model;

/// <summary>Nodes of eight H100: NVLink within, a 400 Gb/s InfiniBand adapter for each GPU between. docs/scaling.md names the source of every figure.</summary>
/// <param name="NumGpus">GPUs, a multiple of a node's or fewer than one node has.</param>
public sealed record H100Cluster(int NumGpus)
{
    private const int GpusOfNode = 8;

    // Bus bandwidth that NCCL reaches with large messages, bytes/s.
    private const double WithinNode = 370e9;
    private const double BetweenNodes = 350e9;

    // NCCL's own cost model, protocol LL128: seconds.
    private const double RingBase = 10.0e-6;
    private const double RingHopWithin = 1.9e-6;
    private const double RingHopBetween = 4.0e-6;
    private const double TreeBase = 4.4e-6;
    private const double TreeHopWithin = 1.2e-6;
    private const double TreeHopBetween = 8.5e-6;
    private const double TreeBandwidthShare = 0.9;

    private int NumNodes => Math.Max(1, NumGpus / GpusOfNode);

    private int GpusEach => NumGpus / NumNodes;

    private double Bandwidth => NumNodes == 1 ? WithinNode : BetweenNodes;

    /// <summary>Seconds of an all-reduce: NCCL takes the faster of ring and tree.</summary>
    public double AllReduce(double bytes) => NumGpus == 1 ? 0 : Math.Min(Ring(bytes), Tree(bytes));

    /// <summary>Seconds of sending every rank its share of the bytes from each other rank: half of an all-reduce.</summary>
    public double Gather(double bytes) => NumGpus == 1 ? 0 : (Collective.RingShare(NumGpus) / 2 * bytes / Bandwidth) + RingBase + (RingHops / 2);

    /// <summary>Seconds by rings.</summary>
    public double Ring(double bytes) => (Collective.RingShare(NumGpus) * bytes / Bandwidth) + RingBase + RingHops;

    /// <summary>Seconds by a tree of nodes with a chain within each.</summary>
    public double Tree(double bytes) =>
        (2 * bytes / (TreeBandwidthShare * Bandwidth)) + TreeBase
            + (2 * (((GpusEach - 1) * TreeHopWithin) + (Math.Ceiling(Math.Log2(NumNodes)) * TreeHopBetween)));

    private double RingHops => (2 * (NumNodes - 1) * RingHopBetween) + (2 * (NumGpus - NumNodes) * RingHopWithin);
}
