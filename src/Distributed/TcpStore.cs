using System.Text;
using Lhts.Extensions;

namespace Lhts.Distributed;

/// <summary>Where ranks meet: c10d's TCPStore, keys and values served by one process. Calls may come from one thread at a time.</summary>
public sealed unsafe class TcpStore : IDisposable
{
    /// <summary>Connects to the store; the server's process makes it first.</summary>
    /// <param name="host">Name or address of the server.</param>
    /// <param name="port">Its port; 0 lets a server take a free one.</param>
    /// <param name="isServer">Whether this process serves.</param>
    /// <param name="timeout">The longest that connecting and <see cref="Get"/> take.</param>
    /// <param name="prefix">Put before every key, so that generations do not see each other's.</param>
    /// <exception cref="DistributedException">The server cannot be reached, or the port is taken.</exception>
    public TcpStore(string host, int port, bool isServer, TimeSpan timeout, string prefix = "")
    {
        IntPtr made;
        Run($"the store at {host}:{port}", NativeCollectives.lhts_store_new(host, port, isServer ? 1 : 0, (long)timeout.TotalMilliseconds, prefix, &made));
        Handle = new StoreHandle(made);
    }

    /// <summary>The server's port.</summary>
    public int Port => NativeCollectives.lhts_store_port(Handle);

    internal StoreHandle Handle { get; }

    /// <summary>Sets a value.</summary>
    public void Set(string key, ReadOnlySpan<byte> value)
    {
        fixed (byte* bytes = value) Run($"setting '{key}'", NativeCollectives.lhts_store_set(Handle, key, bytes, value.Length));
    }

    /// <summary>Sets a text.</summary>
    public void Set(string key, string value) => Set(key, Encoding.UTF8.GetBytes(value));

    /// <summary>Waits until the value is there.</summary>
    /// <exception cref="DistributedException">It did not come within the timeout, or the server is gone.</exception>
    public byte[] Get(string key)
    {
        byte* bytes;
        long count;
        Run($"waiting for '{key}'", NativeCollectives.lhts_store_get(Handle, key, &bytes, &count));
        var value = new Span<byte>(bytes, checked((int)count)).ToArray();
        NativeCollectives.lhts_free((IntPtr)bytes);
        return value;
    }

    /// <summary>Waits for a text.</summary>
    public string GetText(string key) => Encoding.UTF8.GetString(Get(key));

    /// <summary>Adds to a number, which starts at 0, and gives the sum.</summary>
    public long Add(string key, long amount)
    {
        long sum;
        Run($"adding to '{key}'", NativeCollectives.lhts_store_add(Handle, key, amount, &sum));
        return sum;
    }

    /// <summary>Whether a value is there.</summary>
    public bool Contains(string key)
    {
        int found;
        Run($"looking for '{key}'", NativeCollectives.lhts_store_check(Handle, key, &found));
        return found != 0;
    }

    /// <summary>Leaves; a server stops serving.</summary>
    public void Dispose() => Handle.Dispose();

    private static void Run(string what, int status)
    {
        if (status != 0) throw new DistributedException($"{what}: {NativeExtensions.LastError()}");
    }
}
