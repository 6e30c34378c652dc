using System.Net.Sockets;
using Lhts.Launching.Meeting;

namespace Lhts.Launching.Transport;

/// <summary>The way to a coordinator in another process.</summary>
internal sealed class TcpLink(AgentSettings settings, EventLoop loop, TimeProvider time, LinkEvents events) : ILink
{
    private const string Distrust =
        $"it was reached, but does not know this process's secret; give all processes of the run the same {Secret.Variable} or {Secret.FileVariable}";

    private MessageConnection? connection;
    private int attempt;

    /// <inheritdoc/>
    public void Connect() => _ = ConnectAsync(++attempt);

    /// <inheritdoc/>
    public void Disconnect()
    {
        attempt++;
        connection?.CloseAfterSending(settings.BeatInterval, time);
        connection = null;
    }

    /// <inheritdoc/>
    public void Send(Message message) => connection?.Send(message);

    private async Task ConnectAsync(int mine)
    {
        MessageConnection made;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var patience = new CancellationTokenSource(settings.HeartbeatTimeout, time);
            await socket.ConnectAsync(settings.MasterAddress, settings.MasterPort, patience.Token);
            made = new MessageConnection(socket, settings.Secret, isServer: false);
            if (!await made.IsTrustedAsync().WaitAsync(patience.Token)) throw new IOException(Distrust);
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException or ArgumentException)
        {
            socket.Dispose();
            Post(mine, () => events.Disconnected(failure is OperationCanceledException ? "no answer" : failure.Message));
            return;
        }

        Post(mine, () => Use(made), otherwise: made.Dispose);
        var why = await made.ReceiveAsync(message => Post(mine, () => events.Received(message)));
        made.Dispose();
        Post(mine, () => events.Disconnected(why));
    }

    private void Use(MessageConnection made)
    {
        connection = made;
        events.Connected();
    }

    /// <summary>Has something happen in the loop unless the attempt was given up in between.</summary>
    private void Post(int mine, Action action, Action? otherwise = null) => loop.Post(() =>
    {
        if (mine == attempt) action();
        else otherwise?.Invoke();
    });
}
