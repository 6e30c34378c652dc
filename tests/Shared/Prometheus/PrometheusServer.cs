using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Lhts.Testing;

/// <summary>A real Prometheus (Debian's package) that scrapes one address many times a second.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _folder;
    private readonly HttpClient _client;

    private PrometheusServer(Process process, string folder, int port)
    {
        (_process, _folder) = (process, folder);
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
    }

    /// <summary>Starts it on an address that serves <c>/metrics</c>.</summary>
    /// <param name="target">The address.</param>
    /// <param name="rules">A file of alert rules, evaluated every second. Default null: none.</param>
    public static PrometheusServer Start(Uri target, string? rules = null)
    {
        var folder = Directory.CreateTempSubdirectory("lhts-prometheus-").FullName;
        var config = Path.Combine(folder, "prometheus.yaml");
        File.WriteAllText(config, $$"""
            global: {scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 1s}
            rule_files: [{{(rules is null ? "" : $"'{rules}'")}}]
            scrape_configs:
              - job_name: lhts
                static_configs:
                  - targets: ['{{target.Authority}}']
            """);
        var port = FreePort();
        var start = new ProcessStartInfo(
            "prometheus",
            [$"--config.file={config}", $"--storage.tsdb.path={folder}/data", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]);
        try
        {
            return new PrometheusServer(Process.Start(start)!, folder, port);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException("This test needs Prometheus: apt-get install prometheus", missing);
        }
    }

    /// <summary>What an expression gives now: its series, or an exception with Prometheus' message.</summary>
    public async Task<JsonElement[]> Query(string expression) =>
        [.. (await Get("query?query=" + Uri.EscapeDataString(expression))).GetProperty("result").EnumerateArray()];

    /// <summary>The data of another answer of Prometheus' interface.</summary>
    /// <param name="path">What follows <c>api/v1/</c>.</param>
    public async Task<JsonElement> Get(string path)
    {
        using var answer = await _client.GetAsync(new Uri("api/v1/" + path, UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{path}: {text}");
        return JsonElement.Parse(text).GetProperty("data");
    }

    /// <summary>Waits until an expression gives something.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="meanwhile">What goes on while it waits.</param>
    public async Task Until(string expression, Action? meanwhile = null)
    {
        var watch = Stopwatch.StartNew();
        while (!await Holds(expression))
        {
            if (_process.HasExited) throw new InvalidOperationException($"Prometheus ended with exit code {_process.ExitCode}.");
            if (watch.Elapsed > Patience) throw new TimeoutException($"'{expression}' still gives nothing.");
            meanwhile?.Invoke();
            await Task.Delay(PollInterval);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> Holds(string expression)
    {
        try
        {
            return (await Query(expression)).Length > 0;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // It answers 503 until it is ready.
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
