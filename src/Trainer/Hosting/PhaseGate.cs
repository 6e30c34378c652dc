using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Lhts.Telemetry;
using Lhts.Launching;

namespace Lhts.Trainer.Hosting;

/// <summary>
/// Lets a test hold a rank where it likes: each phase is announced at a Unix socket as a line <c>rank step phase</c>, and the rank goes on when a byte is
/// answered. Steps count from 0 with each start of a stage. Phases are start (of the process, before it meets the others) and those of
/// <see cref="StepPhase"/>: data, teacher, student, backward, all-reduce, update, checkpoint.
/// </summary>
public sealed class PhaseGate : IDisposable
{
    /// <summary>The environment variable with the path of the socket.</summary>
    public const string Variable = "LHTS_PHASE_SOCKET";

    private static readonly Lazy<PhaseGate?> Own = new(() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? new PhaseGate(path, RankEnvironment.Read().Rank) : null);

    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] answer = new byte[1];
    private readonly int rank;
    private bool isOpen = true;

    /// <summary>Connects to a socket.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public PhaseGate(string path, int rank)
    {
        this.rank = rank;
        socket.Connect(new UnixDomainSocketEndPoint(path));
    }

    /// <summary>The gate that this process's environment names, or null.</summary>
    public static PhaseGate? OfThisProcess => Own.Value;

    /// <summary>Announces that the process starts.</summary>
    public void Start() => Pass(0, "start");

    /// <summary>Announces a phase.</summary>
    public void Enter(StepPhase phase, long step) =>
        Pass(step, phase == StepPhase.DataWait ? "data" : JsonNamingPolicy.KebabCaseLower.ConvertName(phase.ToString()));

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    /// <summary>Announces and waits; once the other side is gone, every phase is free.</summary>
    private void Pass(long step, string phase)
    {
        if (!isOpen) return;
        try
        {
            socket.Send(Encoding.ASCII.GetBytes($"{rank} {step} {phase}\n"));
            isOpen = socket.Receive(answer) > 0;
        }
        catch (SocketException)
        {
            isOpen = false;
        }
    }
}
