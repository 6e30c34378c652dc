using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;
using Lhts.Models.Gpt;

namespace Lhts.Step.Benchmarks;

/// <summary>A process that makes some steps and prints its figures: memory and its peak are each process's own.</summary>
internal static class Child
{
    /// <summary>This program as the trainer.</summary>
    public static ProcessStartInfo Own(string shape, Precision precision, string folder) =>
        new(Environment.ProcessPath!, ["own", shape, precision.ToString(), folder]);

    /// <summary>The released way, on Debian's python3-torch.</summary>
    public static ProcessStartInfo Python(string folder)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "step.py"), folder]);
        // The OpenBLAS of this process; the system's alternatives may name another.
        var paths = File.ReadLines("/proc/self/maps").Select(line => line[(line.LastIndexOf(' ') + 1)..]);
        if (paths.FirstOrDefault(path => path.Contains("libopenblas", StringComparison.Ordinal)) is { } library)
        {
            start.Environment["LD_LIBRARY_PATH"] = Path.GetDirectoryName(library);
        }

        return start;
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>The figures by name.</returns>
    public static Dictionary<string, double> Run(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.Environment["OMP_NUM_THREADS"] = "1";
        // What the trainer chooses for itself: an OpenBLAS that does not know the processor would make the released way slower than it need be.
        if (Avx512F.IsSupported) start.Environment.TryAdd("OPENBLAS_CORETYPE", "SkylakeX");
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{start.FileName} ended with {process.ExitCode}: {text}");
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))
            .ToDictionary(parts => parts[0], parts => double.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
