using System.Globalization;
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
    public static void Run(LabTable output, IEnumerable<double> temperatures)
    {
        using var scope = NewDisposeScope();
        using var space = new Enumeration(numSymbols: 4, length: 6);
        var tables = Enumerable.Range(0, NumTeachers).Select(seed => TableOf(space, seed)).ToArray();
        foreach (var temperature in temperatures)
        {
            output.Begin(
                $"Limits of endless data, tables, {space.NumSymbols} symbols, length {space.Length}, T = {LabTable.NameOf(temperature)}",
                ["method", "KL(p_T ‖ q)", "per token", "total variation", "effective T", "ESS/N", "gradient variance"]);
            void Print(string name, Func<EnumeratedLimit, LimitResult> of) =>
                Row(output, name, space.Length, [.. tables.Select(table => of(new EnumeratedLimit(space, table, temperature)))]);
            Print("myopic", limit => limit.Myopic());
            foreach (var horizon in new long?[] { 1, 2, 3, null })
            {
                Print($"none, drop, h = {horizon?.ToString(CultureInfo.InvariantCulture) ?? "all"}", limit => limit.Dropped(horizon));
            }

            foreach (var horizon in new long[] { 1, 2, 6 }) Print($"exact, bootstrap, h = {horizon}", limit => limit.Bootstrapped(horizon));
        }
    }

    /// <summary>The logits of a random teacher, normal with standard deviation 1.</summary>
    public static Tensor TableOf(Enumeration space, int seed)
    {
        using var generator = new Generator((ulong)seed);
        return randn(new[] { space.NumPrefixes, space.NumSymbols }, dtype: ScalarType.Float64, generator: generator);
    }

    private static void Row(LabTable output, string name, int length, LimitResult[] results)
    {
        var of = new Func<LimitResult, double>[]
        {
            result => result.Divergence, result => result.Divergence / length, result => result.TotalVariation, result => result.EffectiveTemperature,
            result => result.TokenSampleRatio, result => result.GradientVariance,
        };
        output.Row(name, of.Select(figure => (results.Average(figure), "G3")));
    }
}
