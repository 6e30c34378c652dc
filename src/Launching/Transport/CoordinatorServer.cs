using System.Net;
using System.Net.Sockets;
using Lhts.Launching.Meeting;

namespace Lhts.Launching.Transport;

/// <summary>Carries a coordinator's messages: to the agent of its own process directly, to the others over TCP.</summary>
internal sealed class CoordinatorServer : ILink, IDisposable
{
    private readonly AgentSettings settings;
    private readonly EventLoop loop;
    private readonly TimeProvider time;
    private readonly LinkEvents local;
    private readonly Coordinator coordinator;
    private readonly Dictionary<int, MessageConnection> connections = [];
    private readonly Socket? listener;
    private int numConnections;

    /// <summary>Starts to listen where there are other agents.</summary>
    /// <exception cref="LaunchException">The port cannot be listened on.</exception>
    public CoordinatorServer(AgentSettings settings, EventLoop loop, TimeProvider time, LinkEvents local)
    {
        (this.settings, this.loop, this.time, this.local) = (settings, loop, time, local);
        coordinator = new Coordinator(settings, loop.Now);
        if (settings.NumAgents == 1) return;
        listener = Listen(settings);
        _ = AcceptAsync(listener);
    }

    /// <summary>The state machine.</summary>
    public Coordinator Coordinator => coordinator;

    /// <summary>Strangers may hold so many connections beside the agents' own.</summary>
    private int MaxConnections => (2 * settings.NumAgents) + 64;

    /// <inheritdoc/>
    public void Connect() => loop.Post(local.Connected);

    /// <inheritdoc/>
    public void Disconnect()
    {
    }

    /// <inheritdoc/>
    public void Send(Message message) => loop.Post(() => coordinator.Receive(loop.Now, Coordinator.Local, message));

    /// <summary>Carries out what the coordinator wants.</summary>
    public void Settle()
    {
        while (coordinator.Commands.TryDequeue(out var command))
        {
            if (command is CoordinatorCommand.Send { Connection: var to, Message: var message }) Deliver(to, message);
            else if (command is CoordinatorCommand.Close close && connections.Remove(close.Connection, out var connection))
            {
                connection.CloseAfterSending(settings.BeatInterval, time);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        listener?.Dispose();
        foreach (var connection in connections.Values) connection.Dispose();
    }

    private void Deliver(int to, Message message)
    {
        if (to == Coordinator.Local) loop.Post(() => local.Received(message));
        else if (connections.TryGetValue(to, out var connection)) connection.Send(message);
    }

    private async Task AcceptAsync(Socket from)
    {
        while (true)
        {
            try
            {
                var socket = await from.AcceptAsync();
                loop.Post(() => Take(socket));
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException failure) when (failure.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted)
            {
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(settings.BeatInterval, time); // out of handles, say; those that are there go on
            }
        }
    }

    private void Take(Socket socket)
    {
        try
        {
            if (connections.Count >= MaxConnections) connections.Where(pair => !pair.Value.HasSpoken).MinBy(pair => pair.Key).Value?.Dispose();
            Serve(new MessageConnection(socket, settings.Secret, isServer: true));
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            socket.Dispose(); // gone already
        }
    }

    private void Serve(MessageConnection connection)
    {
        var id = ++numConnections;
        connections.Add(id, connection);
        _ = ServeAsync(id, connection);
        _ = DropIfSilentAsync(connection);
    }

    private async Task ServeAsync(int id, MessageConnection connection)
    {
        var why = await connection.ReceiveAsync(message => loop.Post(() => coordinator.Receive(loop.Now, id, message)));
        connection.Dispose();
        loop.Post(() =>
        {
            connections.Remove(id);
            coordinator.Close(loop.Now, id, why);
        });
    }

    private async Task DropIfSilentAsync(MessageConnection connection)
    {
        await Task.Delay(settings.HeartbeatTimeout, time);
        if (!connection.HasSpoken) connection.Dispose();
    }

    /// <summary>
    /// Listens on the loopback where that is the address or strangers could not be told from agents, and on all addresses otherwise: the name may be that of a
    /// service.
    /// </summary>
    private static Socket Listen(AgentSettings settings)
    {
        var (address, port) = (settings.MasterAddress, settings.MasterPort);
        var isLocal = settings.IsMasterLocal || (settings.Secret is null && !settings.Insecure);
        var isDual = !isLocal && Socket.OSSupportsIPv6;
        var socket = new Socket(isDual ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (isDual) socket.DualMode = true;
            socket.Bind(new IPEndPoint(isLocal ? IPAddress.Loopback : isDual ? IPAddress.IPv6Any : IPAddress.Any, port));
            socket.Listen();
            return socket;
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new LaunchException([$"agent 0 cannot listen at {address}:{port}: {failure.Message}; set MASTER_PORT to a port that is free on its host."]);
        }
    }
}
