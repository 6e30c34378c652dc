using System.Globalization;
using Lhts.Extensions;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Distributed;

/// <summary>How a group meets.</summary>
public sealed record GroupOptions
{
    /// <summary>What carries the collectives. Default Gloo.</summary>
    public Backend Backend { get; init; } = Backend.Gloo;

    /// <summary>This process's place, from 0.</summary>
    public required int Rank { get; init; }

    /// <summary>Processes in the group.</summary>
    public required int WorldSize { get; init; }

    /// <summary>The longest that a collective waits for the other ranks. Default 5 minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The address of this machine that Gloo's peers reach. Default: loopback.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>
    /// The network interface that Gloo listens on in place of <see cref="Address"/>. Default: the environment's GLOO_SOCKET_IFNAME, as in PyTorch.
    /// </summary>
    public string? Interface { get; init; } = Environment.GetEnvironmentVariable("GLOO_SOCKET_IFNAME");
}

/// <summary>
/// Processes that compute together: a c10d process group with the calls of torch.distributed. Every rank makes the same calls in the same
/// order. Each call returns its <see cref="Work"/>; with <c>async_op</c> it is still under way, otherwise it is done.
/// </summary>
public sealed unsafe class ProcessGroup : IDisposable
{
    private readonly GroupHandle handle;
    private readonly TcpStore store;

    private ProcessGroup(GroupHandle handle, TcpStore store, GroupOptions options)
    {
        (this.handle, this.store) = (handle, store);
        (Rank, WorldSize, Backend) = (options.Rank, options.WorldSize, options.Backend);
    }

    /// <summary>This process's place, from 0.</summary>
    public int Rank { get; }

    /// <summary>Processes in the group.</summary>
    public int WorldSize { get; }

    /// <summary>What carries the collectives.</summary>
    public Backend Backend { get; }

    /// <summary>Whether the libtorch in use has a backend.</summary>
    public static bool Has(Backend backend) => NativeCollectives.lhts_has_backend((int)backend) != 0;

    /// <summary>Joins the group; returns once all ranks have.</summary>
    /// <param name="store">Where they meet; the group owns it from then on.</param>
    /// <param name="options">Which rank this is.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rank is not within the world.</exception>
    /// <exception cref="DistributedException">Not all ranks came, or the backend is missing.</exception>
    public static ProcessGroup init_process_group(TcpStore store, GroupOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WorldSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(options.Rank, options.WorldSize);
        NativeExtensions.Require("A process group");
        IntPtr made;
        var status = NativeCollectives.lhts_group_new(
            (int)options.Backend, store.Handle, options.Rank, options.WorldSize, (long)options.Timeout.TotalMilliseconds, options.Address,
            options.Interface ?? "", &made);
        if (status != 0)
        {
            throw new DistributedException(
                $"rank {options.Rank} of {options.WorldSize} could not join the others by {options.Backend}: {NativeExtensions.LastError()}");
        }

        return new ProcessGroup(new GroupHandle(made), store, options);
    }

    /// <summary>Puts the reduction over all ranks in <paramref name="tensor"/> of each. The order of the sum depends on the number of ranks alone.</summary>
    public Work all_reduce(Tensor tensor, ReduceOp op = ReduceOp.SUM, bool async_op = false)
    {
        IntPtr made;
        var status = NativeCollectives.lhts_all_reduce(handle, tensor.Handle, (int)op, &made);
        return Begun(nameof(all_reduce), tensor, status, made, async_op);
    }

    /// <summary>Puts the tensor of rank <paramref name="src"/> in that of every rank.</summary>
    public Work broadcast(Tensor tensor, int src, bool async_op = false)
    {
        IntPtr made;
        var status = NativeCollectives.lhts_broadcast(handle, tensor.Handle, src, &made);
        return Begun(nameof(broadcast), tensor, status, made, async_op);
    }

    /// <summary>Puts the tensor of each rank in <paramref name="tensor_list"/>, by rank; all are of one shape.</summary>
    public Work all_gather(IReadOnlyList<Tensor> tensor_list, Tensor tensor, bool async_op = false)
    {
        if (tensor_list.Count != WorldSize)
        {
            throw new ArgumentException($"all_gather takes a tensor for each of {WorldSize} ranks; {tensor_list.Count} were given.");
        }

        IntPtr made;
        int status;
        fixed (IntPtr* outputs = tensor_list.Select(output => output.Handle).ToArray())
        {
            status = NativeCollectives.lhts_all_gather(handle, outputs, tensor_list.Count, tensor.Handle, &made);
        }

        GC.KeepAlive(tensor_list);
        return Begun(nameof(all_gather), tensor, status, made, async_op);
    }

    /// <summary>Sends part i of <paramref name="input"/> (equal parts along the first dimension) to rank i; part i of the output is rank i's.</summary>
    public Work all_to_all_single(Tensor output, Tensor input, bool async_op = false)
    {
        IntPtr made;
        var status = NativeCollectives.lhts_all_to_all(handle, output.Handle, input.Handle, &made);
        GC.KeepAlive(output);
        return Begun(nameof(all_to_all_single), input, status, made, async_op);
    }

    /// <summary>
    /// Puts in <paramref name="output"/>, (n), the sum over ranks of this rank's part of <paramref name="input"/>, (world size * n). Gloo has none of
    /// its own in libtorch 1.13: parts change hands and are added in rank order, which moves as few bytes.
    /// </summary>
    public void reduce_scatter(Tensor output, Tensor input)
    {
        using var scope = NewDisposeScope();
        var parts = empty_like(input);
        all_to_all_single(parts, input).Dispose();
        output.copy_(parts.view(WorldSize, -1).sum(dim: 0).view(output.shape));
    }

    /// <summary>Returns once every rank has called it.</summary>
    public void barrier()
    {
        IntPtr made;
        var status = NativeCollectives.lhts_barrier(handle, &made);
        if (status != 0) throw Failure(nameof(barrier), "");
        using var work = new Work(made, Describe(nameof(barrier), ""));
        work.Wait();
    }

    /// <summary>Leaves the group. Waits for collectives under way, at most for the timeout.</summary>
    public void Dispose()
    {
        handle.Dispose();
        store.Dispose();
    }

    private Work Begun(string name, Tensor tensor, int status, IntPtr made, bool isAsync)
    {
        var shape = string.Create(CultureInfo.InvariantCulture, $" of ({string.Join(", ", tensor.shape)}) {tensor.dtype}");
        GC.KeepAlive(tensor);
        if (status != 0) throw Failure(name, shape);
        var work = new Work(made, Describe(name, shape));
        if (isAsync) return work;
        try
        {
            work.Wait();
            return work;
        }
        catch
        {
            work.Dispose();
            throw;
        }
    }

    private DistributedException Failure(string name, string shape) => new($"{Describe(name, shape)}: {NativeExtensions.LastError()}");

    private string Describe(string name, string shape) => $"{name}{shape} on rank {Rank} of {WorldSize}";
}
