using System.Runtime.ExceptionServices;
using Lhts.Distributed;
using Lhts.Trainer.Parallel;
using TorchSharp;

namespace Lhts.Trainer.Tests.Parallel;

/// <summary>Ranks as threads of this process, over loopback.</summary>
internal static class RankThreads
{
    /// <summary>Runs the same on every rank and gives the results by rank.</summary>
    public static T[] Run<T>(int worldSize, Func<Ranks, T> body)
    {
        if (worldSize == 1) return [body(Ranks.Single)];
        var longest = TimeSpan.FromSeconds(60);
        using var listener = new TcpStore("127.0.0.1", port: 0, isServer: true, longest);
        var (results, failures) = (new T[worldSize], new Exception?[worldSize]);
        var threads = Enumerable.Range(0, worldSize).Select(rank => new Thread(() =>
        {
            try
            {
                using var scope = torch.NewDisposeScope();
                var store = new TcpStore("127.0.0.1", listener.Port, isServer: false, longest);
                using var ranks = Ranks.Join(store, torch.CPU, new GroupOptions { Rank = rank, WorldSize = worldSize, Timeout = longest });
                results[rank] = body(ranks);
                ranks.Barrier();
            }
            catch (Exception failure)
            {
                failures[rank] = failure;
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (failures.FirstOrDefault(failure => failure is not null and not DistributedException) is { } cause) ExceptionDispatchInfo.Throw(cause);
        if (failures.FirstOrDefault(failure => failure is not null) is { } first) ExceptionDispatchInfo.Throw(first);
        return results;
    }
}
