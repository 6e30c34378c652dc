using System.Globalization;
using Lhts.Launching.Meeting;

namespace Lhts.Launching.Processes;

/// <summary>The environment by which an agent tells a worker who it is; <see cref="RankEnvironment"/> and <see cref="WorkerTies"/> read it.</summary>
internal static class WorkerVariables
{
    /// <summary>What numeric libraries read their number of threads from; set to the worker's share of the cores unless the user did.</summary>
    public static IReadOnlyList<string> Threads { get; } = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"];

    /// <summary>The variables of a worker.</summary>
    /// <param name="settings">The agent's settings.</param>
    /// <param name="world">The generation.</param>
    /// <param name="index">The worker among the agent's.</param>
    public static IEnumerable<(string Name, string Value)> Of(AgentSettings settings, World world, int index) =>
    [
        ("RANK", Text(world.Offset + index)),
        ("WORLD_SIZE", Text(world.WorldSize)),
        ("LOCAL_RANK", Text(settings.FirstLocalRank + index)),
        ("LOCAL_WORLD_SIZE", Text(settings.LocalWorldSize)),
        ("MASTER_ADDR", world.StoreAddress),
        ("MASTER_PORT", Text(world.StorePort)),
        (RankEnvironment.GenerationVariable, Text(world.Generation)),
        (RankEnvironment.ParentVariable, Text(Environment.ProcessId)),
        (WorkerTies.IntervalVariable, settings.BeatInterval.TotalSeconds.ToString("R", CultureInfo.InvariantCulture)),
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
