using System.Globalization;

namespace Lhts.Step.Benchmarks;

/// <summary>The rounds of a shape, told as medians.</summary>
internal sealed class Table(Shape shape, double peak, double narrow)
{
    private readonly List<(string Way, List<Dictionary<string, double>> Rounds)> ways = [];

    /// <summary>The two lines above the rows.</summary>
    public const string Heading =
        "| shape | way | real tokens/s (CPU) | (wall) | share of peak | peak memory GB | loss | gradient norm | gradient apart | managed MB a step |\n"
        + "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|";

    /// <summary>Takes a round of a way.</summary>
    public void Add(string way, Dictionary<string, double> figures)
    {
        if (ways.All(known => known.Way != way)) ways.Add((way, []));
        ways.First(known => known.Way == way).Rounds.Add(figures);
    }

    /// <summary>Writes a row for each way.</summary>
    public void Print(TextWriter output)
    {
        foreach (var (way, rounds) in ways)
        {
            double? Median(string name) => rounds[0].ContainsKey(name) ? rounds.Select(round => round[name]).Order().ElementAt(rounds.Count / 2) : null;
            var reachable = way.EndsWith("bfloat16", StringComparison.Ordinal) ? narrow : peak;
            var (processor, wall) = (Median("processor")!.Value, Median("wall")!.Value);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {shape.Name} | {way} | {shape.NumTokens / processor:F0} | {shape.NumTokens / wall:F0} | {shape.Operations / processor / reachable:P0} "
                + $"| {Median("memory"):F2} | {Median("loss"):F6} | {Median("norm"):F6} | {Median("gradient"):E1} | {Median("managed"):F2} |"));
        }
    }
}
