using System.Globalization;

namespace Lhts.Models.Tests;

/// <summary>How far the process's resident memory rises while something runs (Linux).</summary>
internal static class PeakMemory
{
    public static long RiseDuring(Action action)
    {
        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5"); // sets the peak to the present
        var before = Status("VmRSS");
        action();
        return Status("VmHWM") - before;
    }

    private static long Status(string key)
    {
        var line = File.ReadLines("/proc/self/status").Single(text => text.StartsWith(key + ":", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
