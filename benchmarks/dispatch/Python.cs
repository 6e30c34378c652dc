using System.Diagnostics;
using System.Globalization;

namespace Lhts.Dispatch.Benchmarks;

/// <summary>The same calls from Debian's python3-torch, which runs on the same libtorch.</summary>
internal static class Python
{
    /// <summary>Nanoseconds by name; the version under <c>#</c>. Empty where there is no python3-torch.</summary>
    public static Dictionary<string, string> Run(int numThreads)
    {
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "dispatch.py"));
        start.ArgumentList.Add(numThreads.ToString(CultureInfo.InvariantCulture));
        TakeOurBlas(start.Environment);
        using var process = Process.Start(start)!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return lines.Select(line => line.StartsWith("# ", StringComparison.Ordinal) ? ["#", line[2..]] : line.Split('\t')).ToDictionary(p => p[0], p => p[1]);
    }

    /// <summary>The OpenBLAS of this process; the system's alternatives may name another.</summary>
    private static void TakeOurBlas(IDictionary<string, string?> environment)
    {
        var paths = File.ReadLines("/proc/self/maps").Select(line => line[(line.LastIndexOf(' ') + 1)..]);
        if (paths.FirstOrDefault(path => path.Contains("libopenblas", StringComparison.Ordinal)) is { } library)
        {
            environment["LD_LIBRARY_PATH"] = Path.GetDirectoryName(library);
        }
    }
}
