using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lhts.Telemetry.Tests;

/// <summary>Headless Chromium (Debian's package), steered over its DevTools protocol.</summary>
public sealed class Browser : IAsyncDisposable
{
    private const string Announcement = "DevTools listening on ";

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private int _lastId;

    private Browser(Process process, string profile) => (_process, _profile) = (process, profile);

    /// <summary>Messages of the console, exceptions that nobody caught, and log entries.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>The addresses that were asked for.</summary>
    public List<string> Requests { get; } = [];

    public static async Task<Browser> Start()
    {
        var profile = Directory.CreateTempSubdirectory("lhts-chromium-").FullName;
        var start = new ProcessStartInfo(
            "chromium",
            ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
                "--hide-scrollbars", "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank"])
        {
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException("This test needs Chromium: apt-get install chromium", missing);
        }

        var browser = new Browser(process, profile);
        try
        {
            await browser.Connect();
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a page in a window of a size and waits until it is painted.</summary>
    public async Task Open(string path, int width, bool dark)
    {
        await Ask("Emulation.setDeviceMetricsOverride", new { width, height = 900, deviceScaleFactor = 1, mobile = width < 600 });
        await Ask("Emulation.setEmulatedMedia", new { features = new[] { new { name = "prefers-color-scheme", value = dark ? "dark" : "light" } } });
        await Ask("Page.navigate", new { url = new Uri(path).AbsoluteUri });
        await Evaluate("new Promise(done => { const paint = () => requestAnimationFrame(() => requestAnimationFrame(() => done(1)));"
            + " document.readyState === 'complete' ? paint() : addEventListener('load', paint); })");
    }

    /// <summary>The value of an expression of JavaScript, waited for when it is a promise.</summary>
    public async Task<JsonNode?> Evaluate(string expression)
    {
        var answer = await Ask("Runtime.evaluate", new { expression, awaitPromise = true, returnByValue = true });
        if (answer["exceptionDetails"] is { } failure) throw new InvalidOperationException(failure.ToJsonString());
        return answer["result"]!["value"];
    }

    /// <summary>A picture of the whole page as PNG.</summary>
    public async Task<byte[]> Screenshot()
    {
        var answer = await Ask("Page.captureScreenshot", new { format = "png", captureBeyondViewport = true });
        return Convert.FromBase64String(answer["data"]!.GetValue<string>());
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_profile, recursive: true);
    }

    private async Task Connect()
    {
        var address = "";
        while (!address.StartsWith(Announcement, StringComparison.Ordinal))
        {
            address = await _process.StandardError.ReadLineAsync() ?? throw new InvalidOperationException("Chromium ended before it listened.");
        }

        // What it says from here on is read and dropped, so that it never waits for a reader.
        _ = _process.StandardError.ReadToEndAsync();
        using var client = new HttpClient();
        var list = await client.GetStringAsync(new Uri($"http://{new Uri(address[Announcement.Length..]).Authority}/json/list"));
        var page = JsonNode.Parse(list)!.AsArray().First(target => target!["type"]!.GetValue<string>() == "page")!;
        await _socket.ConnectAsync(new Uri(page["webSocketDebuggerUrl"]!.GetValue<string>()), CancellationToken.None);
        foreach (var domain in (string[])["Runtime", "Log", "Network", "Page"]) await Ask(domain + ".enable", new { });
    }

    private async Task<JsonNode> Ask(string method, object parameters)
    {
        var id = ++_lastId;
        var question = JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters });
        await _socket.SendAsync(question, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        while (true)
        {
            var message = await Receive();
            if (message["id"]?.GetValue<int>() == id) return message["result"] ?? throw new InvalidOperationException(message.ToJsonString());
            Notice(message);
        }
    }

    private void Notice(JsonNode message)
    {
        switch (message["method"]?.GetValue<string>())
        {
            case "Runtime.consoleAPICalled" or "Runtime.exceptionThrown" or "Log.entryAdded":
                Complaints.Add(message.ToJsonString());
                break;
            case "Network.requestWillBeSent":
                Requests.Add(message["params"]!["request"]!["url"]!.GetValue<string>());
                break;
        }
    }

    private async Task<JsonNode> Receive()
    {
        using var text = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
            text.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return JsonNode.Parse(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length))!;
        }
    }
}
