using System.Net;
using System.Net.Sockets;
using System.Text;
using Lhts.Launching.Transport;

namespace Lhts.Launching.Tests;

/// <summary>Two processes that prove to each other that they know a secret, over a real connection.</summary>
public sealed class HandshakeTests
{
    private static readonly byte[] Known = Encoding.ASCII.GetBytes("known to these two");
    private static readonly byte[] Other = Encoding.ASCII.GetBytes("known to nobody else");

    private TcpClient client = null!;
    private Socket server = null!;

    private NetworkStream Client => client.GetStream();

    [SetUp]
    public async Task Connect()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        client = new TcpClient();
        var accepting = listener.AcceptSocketAsync();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        server = await accepting;
    }

    [TearDown]
    public void Close()
    {
        client.Dispose();
        server.Dispose();
    }

    private async Task<(Seals? Client, Seals? Server)> Shake(byte[]? ofClient, byte[]? ofServer)
    {
        await using var serving = new NetworkStream(server);
        var (first, second) = (Try(Handshake.AsClientAsync(Client, ofClient), server), Try(Handshake.AsServerAsync(serving, ofServer), client.Client));
        return (await first, await second);
    }

    /// <summary>A side that gives up closes the connection, which the other side hears of.</summary>
    private static async Task<Seals?> Try(Task<Seals?> side, Socket other)
    {
        try
        {
            var seals = await side;
            if (seals is null) other.Shutdown(SocketShutdown.Both);
            return seals;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static byte[] Line(string text) => Encoding.UTF8.GetBytes(text + "\n");

    private static string? Opened(Seal seal, byte[] line) => seal.TryOpen(line.AsSpan(0, line.Length - 1), out var text) ? Encoding.UTF8.GetString(text) : null;

    [Test]
    public async Task Sides_ThatKnowTheSecret_VouchForEachLine()
    {
        var (mine, theirs) = await Shake(Known, Known);
        Assert.That(Opened(theirs!.Incoming, mine!.Outgoing.Close(Line("one"))), Is.EqualTo("one"));
        Assert.That(Opened(theirs.Incoming, mine.Outgoing.Close(Line("two"))), Is.EqualTo("two"));
        Assert.That(Opened(mine.Incoming, theirs.Outgoing.Close(Line("three"))), Is.EqualTo("three"));
    }

    [Test]
    public async Task Sides_WithoutASecret_PassLinesAsTheyAre()
    {
        var (mine, theirs) = await Shake(null, null);
        Assert.That(mine!.Outgoing.Close(Line("one")), Is.EqualTo(Line("one")));
        Assert.That(Opened(theirs!.Incoming, Line("one")), Is.EqualTo("one"));
    }

    [Test]
    public async Task Sides_OfDifferentSecrets_TrustNeither() => Assert.That(await Shake(Known, Other), Is.EqualTo(((Seals?)null, (Seals?)null)));

    [Test]
    public async Task Line_ThatIsAlteredRepeatedLeftOutOrSentBack_IsRefused()
    {
        var (mine, theirs) = await Shake(Known, Known);
        var (first, second) = (mine!.Outgoing.Close(Line("first")), mine.Outgoing.Close(Line("second")));
        var altered = first.ToArray();
        altered[^2] ^= 1;
        Assert.Multiple(() =>
        {
            Assert.That(Opened(mine.Incoming, first), Is.Null, "sent back");
            Assert.That(Opened(theirs!.Incoming, second), Is.Null, "the first was left out");
            Assert.That(Opened(theirs.Incoming, second), Is.EqualTo("second"));
            Assert.That(Opened(theirs.Incoming, second), Is.Null, "repeated");
            Assert.That(Opened(theirs.Incoming, altered), Is.Null);
            Assert.That(Opened(theirs.Incoming, Line("first")), Is.Null, "no code");
        });
    }

    [Test]
    public async Task Line_OfAnotherConnection_IsRefused()
    {
        var (mine, _) = await Shake(Known, Known);
        Close();
        await Connect();
        var (_, theirs) = await Shake(Known, Known);
        Assert.That(Opened(theirs!.Incoming, mine!.Outgoing.Close(Line("one"))), Is.Null);
    }

    [Test]
    public async Task Stranger_WhoSpeaks_IsNotAnsweredAByte()
    {
        using var connection = new MessageConnection(server, Known, isServer: true);
        connection.Send(new Meeting.Notice("not for you"));
        await Client.WriteAsync(new byte[200]);
        Assert.That(await connection.IsTrustedAsync(), Is.False);
        Assert.That(await connection.ReceiveAsync(_ => Assert.Fail("heard a stranger")), Does.Contain("did not prove"));
        connection.Dispose();
        Assert.That(await ReadToEnd(), Is.Empty);
    }

    private async Task<byte[]> ReadToEnd()
    {
        using var read = new MemoryStream();
        try
        {
            await Client.CopyToAsync(read);
        }
        catch (IOException)
        {
            // reset, as bytes of ours were not read
        }

        return read.ToArray();
    }
}
