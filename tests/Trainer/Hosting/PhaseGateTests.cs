using System.Net.Sockets;
using Lhts.Telemetry;
using Lhts.Trainer.Hosting;

namespace Lhts.Trainer.Tests.Hosting;

public sealed class PhaseGateTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Phase_Announced_WaitsForTheAnswer()
    {
        var folder = Directory.CreateTempSubdirectory("lhts-gate-").FullName;
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "s")));
        listener.Listen();
        using var gate = new PhaseGate(Path.Combine(folder, "s"), rank: 3);
        using var connection = await listener.AcceptAsync();
        using var reader = new StreamReader(new NetworkStream(connection));

        var start = Task.Run(gate.Start);
        Assert.That(await reader.ReadLineAsync(), Is.EqualTo("3 0 start"));
        Assert.That(start.IsCompleted, Is.False);
        connection.Send([1]);
        await start.WaitAsync(Long);

        foreach (var (phase, name) in new[] { (StepPhase.DataWait, "data"), (StepPhase.AllReduce, "all-reduce"), (StepPhase.Checkpoint, "checkpoint") })
        {
            var entered = Task.Run(() => gate.Enter(phase, 5));
            Assert.That(await reader.ReadLineAsync(), Is.EqualTo($"3 5 {name}"));
            connection.Send([1]);
            await entered.WaitAsync(Long);
        }

        var last = Task.Run(() => gate.Enter(StepPhase.Teacher, 6));
        await reader.ReadLineAsync();
        connection.Dispose();
        await last.WaitAsync(Long);
        gate.Enter(StepPhase.Backward, 6); // nobody is there: free
        Directory.Delete(folder, recursive: true);
    }
}
