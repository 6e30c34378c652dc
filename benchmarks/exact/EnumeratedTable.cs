using System.Globalization;
using Lhts.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Benchmarks.Exact;

/// <summary>
/// Tabular teachers over 4 symbols and 6 positions, all 4,096 sequences enumerated: where each method ends with endless data. For LHTS
/// that is q(v | prefix) in proportion to the sum of p(x) * w_i(x) over the sequences x that go on so.
/// </summary>
public static class EnumeratedTable
{
    private const int NumTeachers = 5;

    /// <summary>Prints a table for each temperature: means over the teachers.</summary>
    public static void Run(TextWriter output, IEnumerable<double> temperatures)
    {
        using var scope = NewDisposeScope();
        using var space = new Enumeration(numSymbols: 4, length: 6);
        var tables = Enumerable.Range(0, NumTeachers).Select(seed => TableOf(space, seed)).ToArray();
        foreach (var temperature in temperatures)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n### Enumerated, T = {temperature}\n"));
            output.WriteLine("| method | KL(p_T ‖ q) | per token | total variation | effective T | ESS/N | gradient variance |");
            output.WriteLine("|---|---|---|---|---|---|---|");
            Print(output, "myopic", tables.Select(table => new EnumeratedLimit(space, table, temperature).Myopic()));
            foreach (var horizon in new long?[] { 1, 2, 3, null })
            {
                Print(output, $"dropped tail, h = {horizon?.ToString(CultureInfo.InvariantCulture) ?? "all"}",
                    tables.Select(table => new EnumeratedLimit(space, table, temperature).Dropped(horizon)));
            }

            foreach (var horizon in new long[] { 1, 2, 6 })
            {
                Print(output, $"exact tail, h = {horizon}", tables.Select(table => new EnumeratedLimit(space, table, temperature).Bootstrapped(horizon)));
            }
        }
    }

    /// <summary>The logits of a random teacher, normal with standard deviation 1.</summary>
    public static Tensor TableOf(Enumeration space, int seed)
    {
        using var generator = new Generator((ulong)seed);
        return randn(new[] { space.NumPrefixes, space.NumSymbols }, dtype: ScalarType.Float64, generator: generator);
    }

    private static void Print(TextWriter output, string name, IEnumerable<LimitResult> results)
    {
        var all = results.ToArray();
        var cells = new Func<LimitResult, double>[]
        {
            result => result.Divergence, result => result.Divergence / 6, result => result.TotalVariation, result => result.EffectiveTemperature,
            result => result.TokenSampleRatio, result => result.GradientVariance,
        }.Select(of => all.Average(of).ToString("G3", CultureInfo.InvariantCulture));
        output.WriteLine($"| {name} | {string.Join(" | ", cells)} |");
    }
}
