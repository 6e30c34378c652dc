using System.Diagnostics;
using System.Globalization;
using Lhts.Distributed;
using Lhts.Launching;
using Lhts.Trainer.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Parallel;

/// <summary>
/// The ranks of a run as its stages see them. What is shared (folders, files, the terminal) is the business of rank 0, the leader; what is computed is
/// every rank's, in step. A rank alone makes no calls. All ranks make the same calls in the same order.
/// </summary>
public sealed class Ranks : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly TcpStore? store;
    private readonly Device device;
    private long numWaits;

    private Ranks(ProcessGroup? group, TcpStore? store, Device device) => (Group, this.store, this.device) = (group, store, device);

    /// <summary>One rank alone.</summary>
    public static Ranks Single { get; } = new(null, null, CPU);

    /// <summary>
    /// Called again and again while this rank waits for the leader: what takes long is the leader's, and this rank is well. Default: nothing.
    /// </summary>
    public Action? Waiting { get; set; }

    /// <summary>How long this rank waits for work of the leader. Default: for ever.</summary>
    public TimeSpan LeaderTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Ranks of this host, this one included: while they wait for the leader, their threads are its own. Default 1.</summary>
    public int LocalWorldSize { get; init; } = 1;

    /// <summary>How long the leader waits for the work of others. Default five minutes.</summary>
    public TimeSpan PeerTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The process group; null for one rank alone.</summary>
    public ProcessGroup? Group { get; }

    /// <summary>This rank, from 0.</summary>
    public int Rank => Group?.Rank ?? 0;

    /// <summary>Ranks of the run.</summary>
    public int WorldSize => Group?.WorldSize ?? 1;

    /// <summary>Whether this is rank 0.</summary>
    public bool IsLeader => Rank == 0;

    /// <summary>Joins the other ranks of this life of the run; NCCL for CUDA devices, Gloo for the CPU.</summary>
    /// <exception cref="DistributedException">They did not come in time.</exception>
    public static Ranks Join(RankEnvironment environment, Recipe recipe)
    {
        if (!environment.IsDistributed) return Single;
        var timeout = TimeSpan.FromSeconds(recipe.Distributed.CollectiveTimeout);
        var store = new TcpStore(environment.MasterAddress, environment.MasterPort, environment.HostsStore, timeout, $"lhts/{environment.Generation}");
        var device = new Device(environment.DeviceOf(recipe.Device));
        var group = ProcessGroup.init_process_group(store, new GroupOptions
        {
            Backend = device.type == DeviceType.CUDA ? Backend.Nccl : Backend.Gloo,
            Rank = environment.Rank,
            WorldSize = environment.WorldSize,
            Timeout = timeout,
            Address = LocalAddress.Towards(environment.MasterAddress),
        });
        return new Ranks(group, store, device) { LocalWorldSize = environment.LocalWorldSize, PeerTimeout = timeout };
    }

    /// <summary>Joins the others that meet at a store, which is taken over.</summary>
    public static Ranks Join(TcpStore store, Device device, GroupOptions options) =>
        new(ProcessGroup.init_process_group(store, options), store, device) { PeerTimeout = options.Timeout };

    /// <summary>The leader does work that may take long; the others wait for it, whatever the timeout of collectives.</summary>
    /// <exception cref="OperationCanceledException">A stop was asked for.</exception>
    /// <exception cref="DistributedException">The leader is gone, or was waited for too long.</exception>
    public void LeaderOnly(Action work, CancellationToken stop, string phase = "its work") => FromLeader(
        () =>
        {
            work();
            return "";
        },
        stop,
        phase);

    /// <summary>The leader does work first, then the others do it too: they find on disk what it has made.</summary>
    public T LeaderFirst<T>(Func<T> work, CancellationToken stop, string phase = "its work")
    {
        T result = default!;
        LeaderOnly(() => result = work(), stop, phase);
        return IsLeader ? result : work();
    }

    /// <summary>The text that the leader finds, on every rank.</summary>
    public string FromLeader(Func<string> find, CancellationToken stop, string phase = "its work")
    {
        if (store is null) return find();
        var key = $"leader/{++numWaits}";
        if (IsLeader)
        {
            var found = WithThreadsOfAll(find);
            store.Set(key, found);
            return found;
        }

        var start = Stopwatch.GetTimestamp();
        while (!store.Contains(key))
        {
            if (LeaderTimeout >= TimeSpan.Zero && Stopwatch.GetElapsedTime(start) > LeaderTimeout) throw TookTooLong(phase);
            Waiting?.Invoke();
            if (stop.WaitHandle.WaitOne(Poll)) stop.ThrowIfCancellationRequested();
        }

        return store.GetText(key);
    }

    private string WithThreadsOfAll(Func<string> find)
    {
        var own = get_num_threads();
        if (LocalWorldSize == 1 || device.type != DeviceType.CPU) return find();
        set_num_threads(own * LocalWorldSize);
        try
        {
            return find();
        }
        finally
        {
            set_num_threads(own);
        }
    }

    /// <summary>A name for texts that this call's ranks tell each other.</summary>
    public string NewKey() => $"told/{++numWaits}";

    /// <summary>Tells the leader a text; any thread may.</summary>
    /// <returns>The leader's: the texts of all ranks. Empty on others.</returns>
    /// <param name="key">A name that all made in the same call.</param>
    /// <param name="text">This rank's.</param>
    /// <param name="phase">What the ranks do, for the message.</param>
    /// <param name="end">Ends the wait.</param>
    /// <exception cref="DistributedException">Not all have told theirs in time.</exception>
    public IReadOnlyList<string> Tell(string key, string text, string phase, CancellationToken end)
    {
        if (store is null) return [text];
        if (!IsLeader)
        {
            store.Set($"{key}/{Rank}", text);
            return [];
        }

        var start = Stopwatch.GetTimestamp();
        foreach (var rank in Enumerable.Range(1, WorldSize - 1))
        {
            while (!store.Contains($"{key}/{rank}"))
            {
                if (Stopwatch.GetElapsedTime(start) > PeerTimeout) throw NotTold(rank, phase);
                if (end.WaitHandle.WaitOne(Poll)) end.ThrowIfCancellationRequested();
            }
        }

        return [text, .. Enumerable.Range(1, WorldSize - 1).Select(rank => store.GetText($"{key}/{rank}"))];
    }

    private DistributedException NotTold(int rank, string phase) => new(string.Create(
        CultureInfo.InvariantCulture, $"rank {rank} was not done with {phase} after {PeerTimeout.TotalSeconds:0.#} s (distributed.collectiveTimeout)."));

    private DistributedException TookTooLong(string phase) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"rank {Rank} waited {LeaderTimeout.TotalSeconds:0.#} s for rank 0 and {phase} (distributed.leaderTimeout); look at rank 0, or allow more time."));

    /// <summary>
    /// What may break off the middle of a step. Several ranks stop between steps, all after the same one: none may leave the others in the middle.
    /// </summary>
    public CancellationToken Interruption(CancellationToken stop) => Group is null ? stop : CancellationToken.None;

    /// <summary>Sums float64 tensors over the ranks, in place and in one call.</summary>
    public void Sum(IReadOnlyList<Tensor> tensors) => Reduce(tensors, ReduceOp.SUM);

    /// <summary>Takes the largest of each element over the ranks, likewise.</summary>
    public void Max(IReadOnlyList<Tensor> tensors) => Reduce(tensors, ReduceOp.MAX);

    /// <summary>Sums numbers over the ranks.</summary>
    public double[] Sum(params double[] numbers)
    {
        if (Group is null) return numbers;
        using var scope = NewDisposeScope();
        var sums = tensor(numbers, device: device);
        Group.all_reduce(sums).Dispose();
        return sums.cpu().data<double>().ToArray();
    }

    /// <summary>Makes sure that tensors are the same, bit for bit, on all ranks.</summary>
    /// <exception cref="InvalidOperationException">They are not.</exception>
    public void RequireEqual(IReadOnlyList<Tensor> tensors, string what)
    {
        if (Group is null || ParameterSync.FindDifference(Group, tensors) is not { } rank) return;
        throw new InvalidOperationException($"{what} of rank {rank} are not those of rank 0. A device may compute wrongly; nothing was saved.");
    }

    /// <summary>Returns once every rank is here; the leader may then end, and the store with it.</summary>
    public void Barrier() => Group?.barrier();

    /// <summary>Leaves the others.</summary>
    public void Dispose() => Group?.Dispose();

    private void Reduce(IReadOnlyList<Tensor> tensors, ReduceOp op)
    {
        if (Group is null || tensors.Count == 0) return;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var flat = cat(tensors.Select(tensor => tensor.reshape(-1).to(device)).ToArray(), 0);
        Group.all_reduce(flat, op).Dispose();
        long offset = 0;
        foreach (var tensor in tensors)
        {
            tensor.copy_(flat.narrow(0, offset, tensor.numel()).view(tensor.shape));
            offset += tensor.numel();
        }
    }
}
