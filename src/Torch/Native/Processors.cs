namespace TorchSharp.Native;

/// <summary>How many threads an operator uses where nobody has said.</summary>
internal static class Processors
{
    private const string Folder = "/sys/devices/system/cpu";

    /// <summary>
    /// One thread for each core that this process may use. libtorch means to do so itself, but takes the number of cores from a library that finds a single one
    /// on some virtual machines. <c>OMP_NUM_THREADS</c> stays in force.
    /// </summary>
    public static void Choose()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"))) NativeMethods.Check(NativeMethods.lhts_set_num_threads(Count));
    }

    /// <summary>Cores, without the second threads that some have, and no more than affinity and the control group's quota give.</summary>
    public static int Count => Math.Min(Environment.ProcessorCount, NumCores());

    private static int NumCores()
    {
        if (!Directory.Exists(Folder)) return int.MaxValue;
        var files = Directory.EnumerateDirectories(Folder, "cpu*").Select(cpu => Path.Combine(cpu, "topology", "thread_siblings_list")).Where(File.Exists);
        var cores = files.Select(File.ReadAllText).Distinct().Count();
        return cores > 0 ? cores : int.MaxValue;
    }
}
