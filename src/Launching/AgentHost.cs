using System.Runtime.InteropServices;
using Lhts.Launching.Agents;
using Lhts.Launching.Processes;
using Lhts.Launching.Transport;

namespace Lhts.Launching;

/// <summary>Runs an agent, and in agent 0 the coordinator: one loop around the two state machines. Loads no libtorch.</summary>
public sealed class AgentHost
{
    private static readonly TimeSpan LastLines = TimeSpan.FromSeconds(1);

    /// <summary>Shows the cursor, which the progress bar of a rank that was killed leaves hidden.</summary>
    private const string ShowCursor = "\u001b[?25h";

    private readonly EventLoop loop;
    private readonly TimeProvider time;
    private readonly Consoles consoles;
    private readonly OutputMultiplexer output = new();
    private readonly Agent agent;
    private readonly WorkerProcesses workers;
    private readonly CoordinatorServer? server;
    private readonly ILink link;
    private int? exitCode;

    private AgentHost(AgentSettings settings, WorkerCommand command, Consoles consoles, TimeProvider time)
    {
        (this.time, this.consoles, loop) = (time, consoles, new EventLoop(time));
        var events = new LinkEvents(
            () => agent!.Connected(loop.Now), why => agent!.Disconnected(loop.Now, why), message => agent!.Receive(loop.Now, message));
        server = settings.Agent == 0 ? new CoordinatorServer(settings, loop, time, events) : null;
        link = server is not null ? server : new TcpLink(settings, loop, time, events);
        agent = new Agent(settings, FreePort.Find, loop.Now);
        workers = new WorkerProcesses(settings, command, consoles, output, time);
    }

    /// <summary>Runs until the run is over.</summary>
    /// <param name="settings">Who this agent is.</param>
    /// <param name="command">What its workers run.</param>
    /// <param name="consoles">Where it writes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Stops the run, as SIGTERM does.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="LaunchException">Agent 0 cannot listen.</exception>
    public static async Task<int> RunAsync(AgentSettings settings, WorkerCommand command, Consoles consoles, TimeProvider time, CancellationToken cancellation)
    {
        var host = new AgentHost(settings, command, consoles, time);
        using (host.server)
        using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, host.Stop))
        using (PosixSignalRegistration.Create(PosixSignal.SIGINT, host.Stop))
        using (PosixSignalRegistration.Create(PosixSignal.SIGQUIT, host.Stop))
        using (PosixSignalRegistration.Create(PosixSignal.SIGHUP, host.Stop))
        using (cancellation.Register(host.Stop))
        using (host.server is not null && settings.RunFolder is { } folder ? StopRequest.Watch(folder, time, host.Stop) : null)
        {
            await host.loop.RunAsync(host.Settle, host.Due, host.Advance, host.IsDone);
            if (consoles.IsTerminal && host.exitCode != ExitCode.Done) host.output.Post(consoles.Output, ShowCursor);
            await host.output.FinishAsync(LastLines, time);
            return host.exitCode!.Value;
        }
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true; // the run ends in order; the agent knows what a second signal means
        Stop();
    }

    private void Stop() => loop.Post(() => agent.AskToStop(loop.Now));

    /// <summary>Agent 0 leaves last: others may still have to hear that the run is over.</summary>
    private bool IsDone() => exitCode is not null && server?.Coordinator is null or { IsDone: true } or { IsFinishing: false };

    private TimeSpan? Due() =>
        (agent.Due, server?.Coordinator.Due) switch
        {
            (null, var other) => other,
            (var mine, null) => mine,
            var (mine, other) => mine < other ? mine : other,
        };

    private void Advance()
    {
        agent.Advance(loop.Now);
        server?.Coordinator.Advance(loop.Now);
    }

    private void Settle()
    {
        while (agent.Commands.TryDequeue(out var command)) Do(command);
        server?.Settle();
    }

    private void Do(AgentCommand command)
    {
        switch (command)
        {
            case AgentCommand.Connect: link.Connect(); break;
            case AgentCommand.Disconnect: link.Disconnect(); break;
            case AgentCommand.Send send: link.Send(send.Message); break;
            case AgentCommand.Start start: Start(start); break;
            case AgentCommand.Terminate terminate: workers.Terminate(terminate.Worker); break;
            case AgentCommand.Kill kill: workers.Kill(kill.Worker); break;
            case AgentCommand.Say say: output.Post(consoles.Errors, $"lhts: {say.Text}"); break;
            case AgentCommand.Exit exit: exitCode = exit.Code; break;
        }
    }

    private void Start(AgentCommand.Start start)
    {
        var generation = start.World.Generation;
        workers.Start(start.World, (index, process) => loop.Post(() => agent.WorkerStarted(generation, index, process)), index => new WorkerEvents(
            hasProgressed => loop.Post(() => agent.WorkerBeat(loop.Now, generation, index, hasProgressed)),
            (_, _) => { },
            exit => loop.Post(() => agent.WorkerExited(loop.Now, generation, index, exit))));
    }
}
