using System.Globalization;

namespace Lhts.Faults.Benchmarks;

/// <summary>
/// Hosts as network namespaces, each with an address and a link of its own to a bridge in one more namespace. Needs root and iproute2; disposal removes all.
/// </summary>
internal sealed class Hosts : IDisposable
{
    private readonly string prefix = string.Create(CultureInfo.InvariantCulture, $"lhts{Environment.ProcessId}");
    private readonly List<string> made = [];

    public Hosts(int count)
    {
        try
        {
            Add(Hub);
            In(Hub, "ip", "link", "add", "br0", "type", "bridge");
            In(Hub, "ip", "link", "set", "br0", "up");
            for (var host = 0; host < count; host++) Connect(host);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private string Hub => prefix + "hub";

    public string NameOf(int host) => string.Create(CultureInfo.InvariantCulture, $"{prefix}h{host}");

    public static string AddressOf(int host) => string.Create(CultureInfo.InvariantCulture, $"10.231.7.{host + 1}");

    /// <summary>Takes a host off the network, or puts it back; nobody is told.</summary>
    public void SetLink(int host, bool isUp) => In(Hub, "ip", "link", "set", LinkOf(host), isUp ? "up" : "down");

    public void Dispose()
    {
        foreach (var name in made) Shell.Run("ip", "netns", "delete", name);
        made.Clear();
    }

    private static string LinkOf(int host) => string.Create(CultureInfo.InvariantCulture, $"veth{host}");

    private void Connect(int host)
    {
        Add(NameOf(host));
        In(Hub, "ip", "link", "add", LinkOf(host), "type", "veth", "peer", "name", "eth0", "netns", NameOf(host));
        In(Hub, "ip", "link", "set", LinkOf(host), "master", "br0");
        In(Hub, "ip", "link", "set", LinkOf(host), "up");
        In(NameOf(host), "ip", "address", "add", AddressOf(host) + "/24", "dev", "eth0");
        In(NameOf(host), "ip", "link", "set", "eth0", "up");
        In(NameOf(host), "ip", "link", "set", "lo", "up");
    }

    private void Add(string name)
    {
        Shell.Run("ip", "netns", "add", name);
        made.Add(name);
    }

    private static void In(string name, params string[] command) => Shell.Run("ip", ["netns", "exec", name, .. command]);
}
