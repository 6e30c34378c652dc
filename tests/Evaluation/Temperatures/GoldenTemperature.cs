using System.Text.Json.Nodes;
using Lhts.Evaluation.Temperatures;
using Lhts.Testing;

namespace Lhts.Evaluation.Tests.Temperatures;

/// <summary>Numbers of another program: tests/Evaluation/Golden/temperature.py.</summary>
internal static class GoldenTemperature
{
    private static readonly JsonNode File = JsonNode.Parse(
        System.IO.File.ReadAllText(Repository.PathOf("tests", "Evaluation", "Golden", "temperature.json")))!;

    public static double[] Logits => Numbers(File["logits"]!);

    public static double[][] Sweep => [.. File["sweep"]!.AsArray().Select(row => Numbers(row!))];

    public static double[] Fit => Numbers(File["fit"]!);

    public static double[][] Calibration => [.. File["calibration"]!.AsArray().Select(row => Numbers(row!))];

    public static LogitTable Table => new(
        [.. File["rows"]!.AsArray().Select(row => Array.ConvertAll(Numbers(row!), value => (float)value))],
        [.. File["labels"]!.AsArray().Select(label => label!.GetValue<long>())]);

    private static double[] Numbers(JsonNode numbers) => [.. numbers.AsArray().Select(value => value!.GetValue<double>())];
}
