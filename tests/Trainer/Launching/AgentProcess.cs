using System.Diagnostics;
using System.Globalization;
using System.Text;
using Lhts.Trainer.Launching.Processes;
using Lhts.Trainer.Launching.Transport;

namespace Lhts.Trainer.Tests.Launching;

/// <summary>The processes of a run: agents that tests start, and the workers that these start.</summary>
internal sealed class Run : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly string folder = Directory.CreateTempSubdirectory("lhts-run-").FullName;
    private readonly List<AgentProcess> agents = [];

    /// <summary>The recipe's section on distribution.</summary>
    public string Distributed { get; init; } = "{heartbeatTimeout: 2}";

    /// <summary>Where agent 0 listens.</summary>
    public int Port { get; } = FreePort.Find();

    /// <summary>Starts an agent that is alone.</summary>
    public AgentProcess StartAlone(int numProcesses) => Start(numProcesses, []);

    /// <summary>Starts one of several agents.</summary>
    public AgentProcess Start(int agent, int numAgents, int numProcesses = 1, string name = "x") => Start(
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

    private AgentProcess Start(int numProcesses, (string Name, string Value)[] variables, string name = "x")
    {
        var start = new ProcessStartInfo(Path.ChangeExtension(typeof(Run).Assembly.Location, null))
        {
            ArgumentList = { "agent", folder, numProcesses.ToString(CultureInfo.InvariantCulture), $"name: {name}\ndata: {{path: y}}\ndistributed: {Distributed}\n" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (variable, value) in variables) start.Environment[variable] = value;
        agents.Add(new AgentProcess(start, Longest));
        return agents[^1];
    }
}

/// <summary>An agent in a process of its own.</summary>
internal sealed class AgentProcess : IDisposable
{
    private readonly Process process;
    private readonly TimeSpan longest;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();

    public AgentProcess(ProcessStartInfo start, TimeSpan longest)
    {
        process = new Process { StartInfo = start };
        this.longest = longest;
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    public string Output => Text(output);

    public string Errors => Text(errors);

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public int Wait()
    {
        if (!process.WaitForExit(longest)) Assert.Fail($"the agent did not end\n{Output}{Errors}");
        process.WaitForExit(); // until both streams are read to their ends
        return process.ExitCode;
    }

    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }
}
