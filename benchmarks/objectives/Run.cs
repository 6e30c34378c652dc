using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Lhts.Benchmarks.Objectives;

/// <summary>Runs of the command.</summary>
internal static class Run
{
    private static readonly string Root = FindRoot();

    /// <summary>Trains the teacher of a seed, unless it is there; gives its folder.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="length">Characters of a text: one teacher serves all lengths up to 128.</param>
    public static string Teacher(int seed, int length)
    {
        var context = Math.Max(128, length) + 1;
        var run = $"runs/objectives/teacher-{seed}" + (context == 129 ? "" : $"-{length}");
        if (!Directory.Exists(Path.Combine(Root, run, "teacher", "model")))
        {
            // One step of a student and a small evaluation come with it.
            Command(run, $"seed={seed}", $"data.contextLength={context}", "student.training.steps=1", "evaluation.samples=16", "evaluation.reference=null");
        }

        return Path.Combine(Root, run, "teacher", "model");
    }

    /// <summary>Trains and evaluates a student; gives a table's lines.</summary>
    public static string Student(string teacher, Method method, int seed, long? steps)
    {
        var run = $"runs/objectives/{method.Name}-{seed}" + (steps is null ? "" : $"-{steps}");
        var values = new List<string> { $"seed={seed}", $"teacher.load={teacher}", $"data.contextLength={method.Length + 1}" };
        values.AddRange(method.Values.Select(value => $"student.{value}"));
        if (steps is not null) values.Add($"student.training.steps={steps}");
        Command(run, [.. values]);
        using var table = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, run, "evaluation", "table.json")));
        var seconds = File.ReadLines(Path.Combine(Root, run, "metrics.jsonl")).Sum(SecondsOf);
        var rows = table.RootElement.GetProperty("rows").EnumerateArray().Where(row => row.GetProperty("source").GetString() == "student");
        return string.Join('\n', rows.Select(row => string.Create(
            CultureInfo.InvariantCulture,
            $"| {method.Name} | {seed} | {Value(row, "longHorizonTemperature")} | {Value(row, "gain", "value", "+0.00;-0.00")} ± "
            + $"{Value(row, "gain", "standardError")} | {Value(row, "effectiveTemperature", "value", "0.000")} | "
            + $"{Value(row, "likelihood", "perToken", "0.000")} | {Value(row, "entropy", "perToken", "0.000")} | {Distinct2(row)} | "
            + $"{Value(row, "gapClosed", "value")} ± {Value(row, "gapClosed", "standardError")} | {seconds:0} s |")));
    }

    private static void Command(string run, params string[] values)
    {
        // One process of one thread, so that seconds are those of a core.
        var arguments = new List<string> { "train", "recipes/joint.yaml", "--output", run, "--set", "distributed.processes=1", "--set", "threads=1" };
        foreach (var value in values) arguments.AddRange(["--set", value]);
        using var process =
            Process.Start(new ProcessStartInfo(Path.Combine(Root, "lhts"), arguments) { WorkingDirectory = Root, RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"lhts {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private static double SecondsOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.TryGetProperty("loss", out _) ? json.RootElement.GetProperty("seconds").GetDouble() : 0;
    }

    private static string Value(JsonElement row, string name, string? inner = null, string format = "0.00")
    {
        if (!row.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return "-";
        if (inner is not null && (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(inner, out value))) return "-";
        return value.ValueKind == JsonValueKind.Number ? value.GetDouble().ToString(format, CultureInfo.InvariantCulture) : "-";
    }

    private static string Distinct2(JsonElement row) =>
        row.TryGetProperty("diversity", out var diversity) && diversity.TryGetProperty("distinct", out var distinct) && distinct.GetArrayLength() > 1
        && distinct[1].ValueKind == JsonValueKind.Number ? distinct[1].GetDouble().ToString("0.000", CultureInfo.InvariantCulture) : "-";

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Trainer.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Trainer.sln was not found above this program.");
        }

        return folder;
    }
}
