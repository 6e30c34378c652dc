using System.Runtime.ExceptionServices;
using TorchSharp;

namespace Lhts.Sampling;

/// <summary>
/// Draws batches side by side, a thread of the CPU each. The products of a single new token are too small to be shared out: on two cores, two batches on one
/// thread each take little longer than one batch on two.
/// </summary>
public static class DrawingThreads
{
    /// <summary>
    /// Runs all of them, as many at a time as an operator has threads; the first failure is thrown when all have ended. One after the other on other devices,
    /// which such threads would only get in each other's way on.
    /// </summary>
    public static void Run(torch.Device device, IReadOnlyList<Action> draws)
    {
        var numThreads = device.type == DeviceType.CPU ? torch.get_num_threads() : 1;
        if (draws.Count < 2 || numThreads < 2)
        {
            foreach (var draw in draws) draw();
            return;
        }

        var next = -1;
        ExceptionDispatchInfo? failure = null;
        void Work()
        {
            torch.set_num_threads(1); // of this thread; threads that are yet to come take it over too, so it is set back below
            for (var i = Interlocked.Increment(ref next); i < draws.Count; i = Interlocked.Increment(ref next))
            {
                try
                {
                    using var scope = torch.NewDisposeScope(); // a new thread has none
                    draws[i]();
                }
                catch (Exception caught)
                {
                    Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(caught), null);
                }
            }
        }

        Thread[] threads = [.. Enumerable.Range(0, Math.Min(numThreads, draws.Count)).Select(_ => new Thread(Work))];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        torch.set_num_threads(numThreads);
        failure?.Throw();
    }
}
