using System.Globalization;

namespace Lhts.Scaling.Benchmarks.Measuring;

/// <summary>
/// Two network namespaces joined by a pair of virtual interfaces, one for each rank. Nobody else's bytes are on them, and a token bucket at both ends
/// makes sending take its time without taking the processor's. Needs root and Debian's iproute2.
/// </summary>
internal sealed class Hosts : IDisposable
{
    public const string Interface = "eth0";
    public const int Port = 29500;

    private readonly string[] names = [.. Enumerable.Range(0, 2).Select(host => $"lhts-scaling-{Environment.ProcessId}-{host}")];

    private Hosts() => AppDomain.CurrentDomain.ProcessExit += OnExit; // also where a signal ends the process

    /// <summary>Why there can be none here; null where they can be made.</summary>
    public static string? Obstacle()
    {
        var name = $"lhts-scaling-{Environment.ProcessId}";
        if (!Command.TryRun("ip", $"netns add {name}", out var error)) return $"no network namespaces ({error})";
        Command.Run("ip", $"netns del {name}");
        return null;
    }

    /// <summary>Makes both.</summary>
    /// <param name="gigabits">What each may send in a second; null for no bound.</param>
    public static Hosts Make(double? gigabits)
    {
        var hosts = new Hosts();
        try
        {
            hosts.Build(gigabits);
            return hosts;
        }
        catch
        {
            hosts.Dispose();
            throw;
        }
    }

    public static string AddressOf(int host) => $"10.213.77.{host + 1}";

    /// <summary>What comes before a program so that it runs on a host.</summary>
    public IEnumerable<string> Prefix(int host) => ["ip", "netns", "exec", names[host]];

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        foreach (var name in names) Command.TryRun("ip", $"netns del {name}", out _);
    }

    private void OnExit(object? sender, EventArgs arguments) => Dispose();

    private void Build(double? gigabits)
    {
        foreach (var name in names) Command.Run("ip", $"netns add {name}");
        Command.Run("ip", $"-n {names[0]} link add {Interface} type veth peer name {Interface} netns {names[1]}");
        for (var host = 0; host < names.Length; host++)
        {
            Command.Run("ip", $"-n {names[host]} address add {AddressOf(host)}/24 dev {Interface}");
            Command.Run("ip", $"-n {names[host]} link set lo up");
            Command.Run("ip", $"-n {names[host]} link set {Interface} up");
            if (gigabits is not { } rate) continue;
            // 100 us at full rate, and never less than one large segment: what may be sent at once is then little beside a bucket.
            var burst = Math.Max(128_000, rate * 1e9 / 8 * 100e-6);
            Command.Run("tc", string.Create(
                CultureInfo.InvariantCulture, $"-n {names[host]} qdisc add dev {Interface} root tbf rate {rate * 1000:F0}mbit burst {burst:F0} latency 200ms"));
        }
    }
}
