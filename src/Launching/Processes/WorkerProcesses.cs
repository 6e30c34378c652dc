using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Lhts.Launching.Agents;
using Lhts.Launching.Meeting;

namespace Lhts.Launching.Processes;

/// <summary>
/// Starts and ends an agent's workers, all from one thread that lives as long as this process: Linux ends a child (PR_SET_PDEATHSIG, see
/// <see cref="WorkerTies"/>) when the thread that started it ends.
/// </summary>
internal sealed class WorkerProcesses
{
    private readonly AgentSettings settings;
    private readonly WorkerCommand command;
    private readonly Consoles consoles;
    private readonly OutputMultiplexer output;
    private readonly TimeProvider time;
    private readonly BlockingCollection<Action> orders = [];
    private WorkerProcess?[] workers = [];

    public WorkerProcesses(AgentSettings settings, WorkerCommand command, Consoles consoles, OutputMultiplexer output, TimeProvider time)
    {
        (this.settings, this.command, this.consoles, this.output, this.time) = (settings, command, consoles, output, time);
        var thread = new Thread(() =>
        {
            foreach (var order in orders.GetConsumingEnumerable()) order();
        })
        { IsBackground = true, Name = "lhts workers" };
        thread.Start();
    }

    /// <summary>Starts the workers of a generation.</summary>
    /// <param name="world">The generation.</param>
    /// <param name="started">Told each worker's index and process.</param>
    /// <param name="events">What hears of a worker, by its index.</param>
    public void Start(World world, Action<int, int> started, Func<int, WorkerEvents> events) => orders.Add(() =>
    {
        workers = new WorkerProcess?[settings.NumRanks];
        for (var index = 0; index < workers.Length; index++)
        {
            var hears = events(index);
            try
            {
                workers[index] = WorkerProcess.Start(StartOf(world, index), hears with { Output = Prefixed(world.Offset + index) }, time);
                started(index, workers[index]!.Id);
            }
            catch (Exception failure) when (failure is Win32Exception or IOException)
            {
                hears.Exited(new WorkerExit(WorkerExit.NotStarted, [failure.Message]));
            }
        }
    });

    /// <summary>Asks a worker to save a checkpoint and end.</summary>
    public void Terminate(int index) => orders.Add(() => workers[index]?.Terminate());

    /// <summary>Ends a worker.</summary>
    public void Kill(int index) => orders.Add(() => workers[index]?.Kill());

    private ProcessStartInfo StartOf(World world, int index)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = !(consoles.IsTerminal && world.Offset + index == 0),
        };
        start.Environment.Remove(Secret.Variable); // workers meet nobody by it
        foreach (var (name, value) in WorkerVariables.Of(settings, world, index)) start.Environment[name] = value;
        foreach (var name in WorkerVariables.Threads)
        {
            if (!start.Environment.ContainsKey(name)) start.Environment[name] = settings.ThreadsPerRank.ToString(CultureInfo.InvariantCulture);
        }

        return start;
    }

    /// <summary>Rank 0 shows the progress: on a terminal it writes itself, but for errors.</summary>
    private Action<string, bool> Prefixed(int rank)
    {
        var prefix = rank == 0 && consoles.IsTerminal ? "" : $"[rank {rank}] ";
        return (line, isError) => output.WriteLine(rank == 0 && !isError ? consoles.Output : consoles.Errors, prefix + line);
    }
}
