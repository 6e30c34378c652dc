using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Lhts.Launching.Processes;
using Lhts.Launching.Transport;
using Lhts.Testing;

namespace Lhts.Launching.Tests;

/// <summary>The processes of a run: agents that tests start, and the workers that these start.</summary>
internal sealed class Run : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly string folder = Directory.CreateTempSubdirectory("lhts-run-").FullName;
    private readonly List<CollectedProcess> agents = [];

    /// <summary>What the agents are told of the run.</summary>
    public LaunchOptions Options { get; init; } = Of(2);

    /// <summary>What all agents know that are started from now on; null for nothing.</summary>
    public string? Secret { get; set; }

    /// <summary>Where agent 0 listens.</summary>
    public int Port { get; } = FreePort.Find();

    /// <summary>Options with a heartbeat timeout in seconds.</summary>
    public static LaunchOptions Of(double heartbeatTimeout) => new() { Run = "x", HeartbeatTimeout = TimeSpan.FromSeconds(heartbeatTimeout) };

    /// <summary>Starts an agent that is alone.</summary>
    public CollectedProcess StartAlone(int numProcesses) => Start(numProcesses, []);

    /// <summary>Starts one of several agents.</summary>
    public CollectedProcess Start(int agent, int numAgents, int numProcesses = 1, string name = "x") => Start(
        numProcesses,
        [
            ("RANK", agent.ToString(CultureInfo.InvariantCulture)), ("WORLD_SIZE", numAgents.ToString(CultureInfo.InvariantCulture)),
            ("MASTER_ADDR", "127.0.0.1"), ("MASTER_PORT", Port.ToString(CultureInfo.InvariantCulture)),
        ],
        name);

    /// <summary>Waits for the workers of a generation.</summary>
    /// <returns>Their processes, by rank.</returns>
    public int[] WaitForWorkers(int generation, int count)
    {
        var notes = Enumerable.Range(0, count).Select(rank => Path.Combine(folder, $"{generation}-{rank}")).ToList();
        Wait(() => notes.TrueForAll(File.Exists), $"{count} workers of generation {generation}");
        return [.. notes.Select(note => int.Parse(File.ReadLines(note).First(), CultureInfo.InvariantCulture))];
    }

    /// <summary>What a worker noted of its environment.</summary>
    public string[] Note(int generation, int rank) => File.ReadAllLines(Path.Combine(folder, $"{generation}-{rank}"))[1..];

    /// <summary>Whether workers of a generation were ever started.</summary>
    public bool HasGeneration(int generation) => Directory.EnumerateFiles(folder, $"{generation}-*").Any();

    /// <summary>Waits until something holds.</summary>
    public void Wait(Func<bool> condition, string what)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > Longest) Assert.Fail($"waited for {what}\n{string.Join("\n", agents.Select(agent => agent.Output + agent.Errors))}");
            tick.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Sends signals.</summary>
    public static void Signal(int signal, params int[] processes)
    {
        foreach (var process in processes) _ = Libc.Kill(process, signal);
    }

    /// <summary>Whether a process is there and no zombie.</summary>
    public static bool IsAlive(int process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return status[(status.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        foreach (var agent in agents) agent.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private CollectedProcess Start(int numProcesses, (string Name, string Value)[] variables, string name = "x")
    {
        var start = new ProcessStartInfo(Path.ChangeExtension(typeof(Run).Assembly.Location, null))
        {
            ArgumentList = { "agent", folder, numProcesses.ToString(CultureInfo.InvariantCulture), JsonSerializer.Serialize(Options with { Run = name }) },
        };
        foreach (var (variable, value) in variables) start.Environment[variable] = value;
        if (Secret is not null) start.Environment["LHTS_SECRET"] = Secret;
        agents.Add(new CollectedProcess(start, Longest));
        return agents[^1];
    }
}
