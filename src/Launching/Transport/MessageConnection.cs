using System.Net.Sockets;
using System.Threading.Channels;
using Lhts.Launching.Meeting;

namespace Lhts.Launching.Transport;

/// <summary>
/// Messages over a TCP connection. What comes in is bounded: a line too long, or one that is no message, ends the connection and nothing else.
/// </summary>
internal sealed class MessageConnection : IDisposable
{
    /// <summary>Messages that may wait to be sent; a peer that reads nothing for so long is gone.</summary>
    private const int MaxWaiting = 1024;

    private readonly Socket socket;
    private readonly NetworkStream stream;
    private readonly Channel<byte[]> outgoing = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly Task<Seals?> opening;
    private readonly Task writing;

    /// <summary>Takes over a connected socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="secret">What both sides must know; null for nothing.</param>
    /// <param name="isServer">Whether this side was connected to.</param>
    public MessageConnection(Socket socket, byte[]? secret, bool isServer)
    {
        this.socket = socket;
        socket.NoDelay = true;
        stream = new NetworkStream(socket, ownsSocket: true);
        opening = OpenAsync(secret, isServer);
        writing = WriteAsync();
    }

    /// <summary>Whether the other side knows the secret, once that is known. Nothing is sent or received before.</summary>
    public async Task<bool> IsTrustedAsync() => await opening is not null;

    /// <summary>Whether a message was ever received.</summary>
    public bool HasSpoken { get; private set; }

    /// <summary>Sends a message, at once or later; nothing happens where the connection is closed.</summary>
    public void Send(Message message)
    {
        if (!outgoing.Writer.TryWrite(MessageCodec.Write(message)) && !outgoing.Reader.Completion.IsCompleted) Dispose();
    }

    /// <summary>Receives messages until the connection ends.</summary>
    /// <returns>Why it ended.</returns>
    public async Task<string> ReceiveAsync(Action<Message> received)
    {
        var buffer = new byte[MessageCodec.MaxLineBytes];
        var filled = 0;
        if (await opening is not { } seals) return "it did not prove that it knows the run's secret";
        try
        {
            while (filled < buffer.Length)
            {
                var count = await stream.ReadAsync(buffer.AsMemory(filled));
                if (count == 0) return "its connection was closed";
                filled += count;
                var used = TakeLines(buffer.AsSpan(0, filled), seals.Incoming, received);
                if (used < 0) return "it sent what is no message";
                buffer.AsSpan(used, filled - used).CopyTo(buffer);
                filled -= used;
            }

            return "it sent a line that is too long";
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or SocketException)
        {
            return (failure.InnerException ?? failure) is SocketException { SocketErrorCode: var code }
                ? $"its connection broke ({code})"
                : "its connection was closed";
        }
    }

    /// <summary>Closes the connection once all is sent, or after a while.</summary>
    public void CloseAfterSending(TimeSpan patience, TimeProvider time) => _ = CloseAsync(patience, time);

    /// <summary>Closes the connection at once.</summary>
    public void Dispose()
    {
        outgoing.Writer.TryComplete();
        stream.Dispose();
    }

    /// <returns>Bytes used; -1 where a line is no message.</returns>
    private int TakeLines(ReadOnlySpan<byte> bytes, Seal seal, Action<Message> received)
    {
        var used = 0;
        while (bytes[used..].IndexOf((byte)'\n') is var length && length >= 0)
        {
            if (!seal.TryOpen(bytes.Slice(used, length), out var line) || MessageCodec.Read(line) is not { } message) return -1;
            HasSpoken = true;
            received(message);
            used += length + 1;
        }

        return used;
    }

    private async Task CloseAsync(TimeSpan patience, TimeProvider time)
    {
        outgoing.Writer.TryComplete();
        await Task.WhenAny(writing, Task.Delay(patience, time));
        Dispose();
    }

    private async Task<Seals?> OpenAsync(byte[]? secret, bool isServer)
    {
        try
        {
            return await (isServer ? Handshake.AsServerAsync(stream, secret) : Handshake.AsClientAsync(stream, secret));
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or SocketException)
        {
            return null;
        }
    }

    private async Task WriteAsync()
    {
        if (await opening is not { } seals) return;
        try
        {
            await foreach (var line in outgoing.Reader.ReadAllAsync()) await stream.WriteAsync(seals.Outgoing.Close(line));
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or SocketException)
        {
            outgoing.Writer.TryComplete(); // the reader finds out too, and says why
        }
    }
}
