using System.Runtime.ExceptionServices;
using TorchSharp;

namespace Lhts.Distributed.Tests;

/// <summary>Ranks as threads of this process, each with a group of its own over loopback: real Gloo, without processes.</summary>
internal static class RankThreads
{
    /// <summary>Runs the same on every rank and gives their results by rank. The first exception of a rank is thrown.</summary>
    public static T[] Run<T>(int worldSize, Func<ProcessGroup, T> body, TimeSpan? timeout = null)
    {
        using var listener = new TcpStore("127.0.0.1", port: 0, isServer: true, Longest);
        var results = new T[worldSize];
        var failures = new Exception?[worldSize];
        var threads = Enumerable.Range(0, worldSize).Select(rank => new Thread(() =>
        {
            try
            {
                using var scope = torch.NewDisposeScope();
                var store = new TcpStore("127.0.0.1", listener.Port, isServer: false, Longest, "ranks");
                using var group = ProcessGroup.init_process_group(store, OptionsOf(rank, worldSize, timeout));
                results[rank] = body(group);
            }
            catch (Exception failure)
            {
                failures[rank] = failure;
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (failures.FirstOrDefault(failure => failure is not null) is { } first) ExceptionDispatchInfo.Throw(first);
        return results;
    }

    /// <summary>Runs the same on every rank.</summary>
    public static void Run(int worldSize, Action<ProcessGroup> body, TimeSpan? timeout = null) => Run(
        worldSize,
        group =>
        {
            body(group);
            return true;
        },
        timeout);

    private static TimeSpan Longest => TimeSpan.FromSeconds(60);

    private static GroupOptions OptionsOf(int rank, int worldSize, TimeSpan? timeout) =>
        new() { Rank = rank, WorldSize = worldSize, Timeout = timeout ?? Longest };
}
