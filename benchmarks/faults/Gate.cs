using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Lhts.Trainer.Hosting;

namespace Lhts.Faults.Benchmarks;

/// <summary>A rank that entered a phase.</summary>
internal sealed record Entry(int Process, int Rank, long Step, string Phase);

/// <summary>Where ranks announce their phases. Each goes on at once, unless it is the one that is waited for: that one is held until it is let go.</summary>
internal sealed class Gate : IDisposable
{
    private const int SolSocket = 1;
    private const int PeerCredentials = 17;

    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly BlockingCollection<(Entry Entry, Socket Rank)> held = [];
    private readonly Lock gate = new();
    private Func<Entry, bool>? wanted;

    public Gate(string path)
    {
        Path = path;
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        _ = AcceptAsync();
    }

    /// <summary>The socket, for <see cref="PhaseGate.Variable"/>.</summary>
    public string Path { get; }

    /// <summary>Told of every entry, on threads of its own.</summary>
    public Action<Entry>? Entered { get; set; }

    /// <summary>Holds the first rank whose entry fits from now on; null when none came in time.</summary>
    public (Entry Entry, Socket Rank)? Hold(Func<Entry, bool> fits, TimeSpan longest)
    {
        Want(fits);
        if (held.TryTake(out var found, longest)) return found;
        Want(null);
        return held.TryTake(out found) ? found : null; // it may have come just now
    }

    /// <summary>Lets a rank go on.</summary>
    public static void Release(Socket rank)
    {
        try
        {
            rank.Send([1]);
        }
        catch (SocketException)
        {
            // It is gone.
        }
    }

    public void Dispose() => listener.Dispose();

    private void Want(Func<Entry, bool>? fits)
    {
        lock (gate) wanted = fits;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptAsync());
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The campaign is over.
        }
    }

    private async Task ServeAsync(Socket rank)
    {
        using var closing = rank;
        var credentials = new byte[12]; // struct ucred: pid, uid, gid
        rank.GetRawSocketOption(SolSocket, PeerCredentials, credentials);
        var process = MemoryMarshal.Read<int>(credentials);
        using var lines = new StreamReader(new NetworkStream(rank), Encoding.ASCII);
        try
        {
            while (await lines.ReadLineAsync() is { } line) Pass(Parse(process, line), rank);
        }
        catch (IOException)
        {
            // The rank was killed.
        }
    }

    private void Pass(Entry entry, Socket rank)
    {
        Entered?.Invoke(entry);
        lock (gate)
        {
            if (wanted?.Invoke(entry) is true)
            {
                wanted = null;
                held.Add((entry, rank));
                return;
            }
        }

        Release(rank);
    }

    private static Entry Parse(int process, string line)
    {
        var words = line.Split(' ');
        return new Entry(process, int.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture), words[2]);
    }
}
