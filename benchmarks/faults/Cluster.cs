using System.Diagnostics;
using System.Globalization;
using Lhts.Trainer.Hosting;

namespace Lhts.Faults.Benchmarks;

/// <summary>One agent with one rank on each host, all on one recipe. An agent that was killed can be started again.</summary>
internal sealed class Cluster : IDisposable
{
    private readonly Hosts hosts;
    private readonly string folder;
    private readonly string recipe;
    private readonly string? gate;
    private readonly Process[] agents;

    public Cluster(Hosts hosts, int count, string folder, string recipe, string? gate)
    {
        (this.hosts, this.folder, this.recipe, this.gate) = (hosts, folder, recipe, gate);
        agents = new Process[count];
        for (var host = 0; host < count; host++) Start(host);
    }

    /// <summary>Starts a host's agent.</summary>
    public void Start(int host)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "lhts");
        var start = new ProcessStartInfo("ip", ["netns", "exec", hosts.NameOf(host), program, "train", recipe])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.Environment["RANK"] = host.ToString(CultureInfo.InvariantCulture);
        start.Environment["WORLD_SIZE"] = agents.Length.ToString(CultureInfo.InvariantCulture);
        start.Environment["MASTER_ADDR"] = Hosts.AddressOf(0);
        start.Environment["MASTER_PORT"] = "29500";
        start.Environment["LHTS_SECRET"] = "of these hosts only";
        if (gate is not null) start.Environment[PhaseGate.Variable] = gate;
        var log = new StreamWriter(Path.Combine(folder, $"{recipe}.host{host}.log"), append: true) { AutoFlush = true };
        var agent = Process.Start(start)!;
        DataReceivedEventHandler write = (_, line) =>
        {
            lock (log) log.WriteLine(line.Data);
        };
        agent.OutputDataReceived += write;
        agent.ErrorDataReceived += write;
        agent.BeginOutputReadLine();
        agent.BeginErrorReadLine();
        agents[host] = agent;
    }

    /// <summary>Ends a host's agent by SIGKILL; "ip netns exec" is replaced by what it starts, so this is the agent itself.</summary>
    public void Kill(int host)
    {
        Shell.Signal(agents[host].Id, Shell.SigKill);
        agents[host].WaitForExit();
    }

    /// <summary>Whether an agent has ended.</summary>
    public bool HasEnded => agents.Any(agent => agent.HasExited);

    /// <summary>Waits for all and gives their exit codes.</summary>
    public int[] Wait()
    {
        foreach (var agent in agents) agent.WaitForExit();
        return [.. agents.Select(agent => agent.ExitCode)];
    }

    public void Dispose()
    {
        foreach (var agent in agents.Where(agent => !agent.HasExited)) Shell.Signal(agent.Id, Shell.SigKill);
        foreach (var agent in agents)
        {
            agent.WaitForExit();
            agent.Dispose();
        }
    }
}
