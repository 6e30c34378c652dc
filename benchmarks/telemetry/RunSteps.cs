using System.Text.Json;

namespace Lhts.Telemetry.Benchmarks;

/// <summary>How long the steps of a run took.</summary>
internal static class RunSteps
{
    /// <summary>The median step of the student in a metrics file.</summary>
    /// <exception cref="InvalidDataException">It has none.</exception>
    public static TimeSpan MedianOfStudent(string path)
    {
        var seconds =
            from line in File.ReadLines(path)
            let json = JsonElement.Parse(line)
            where json.GetProperty("stage").GetString() == "student" && json.TryGetProperty("seconds", out _)
            select json.GetProperty("seconds").GetDouble();
        double[] sorted = [.. seconds.Order()];
        return sorted.Length > 0 ? TimeSpan.FromSeconds(sorted[sorted.Length / 2]) : throw new InvalidDataException($"'{path}' has no step of a student.");
    }
}
