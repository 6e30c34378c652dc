using System.Globalization;

namespace Lhts.Benchmarks.Exact;

/// <summary>Runs methods on random chains and prints a row for each.</summary>
public sealed class MarkovTable(TextWriter output, int firstChain, int numChains)
{
    private const int NumSymbols = 4;
    private const int Length = 64;

    /// <summary>Prints the table of one temperature.</summary>
    /// <returns>The divergences of each method, chain by chain.</returns>
    public IReadOnlyDictionary<string, double[]> Run(double temperature, IEnumerable<Method> methods)
    {
        var teachers = Enumerable.Range(firstChain, numChains).Select(seed => new MarkovTeacher(seed, NumSymbols, Length)).ToArray();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n### T = {temperature}\n"));
        output.WriteLine($"| method | {string.Join(" | ", teachers.Select((_, i) => $"chain {firstChain + i}"))} | geometric mean | per token | effective T | ESS/N | clipped | head error | its spread |");
        output.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---|", numChains + 7))}");
        var divergences = new Dictionary<string, double[]>();
        foreach (var method in methods)
        {
            var results = teachers.Select(teacher => RunOne(teacher, temperature, method)).ToArray();
            divergences[method.Name] = results.Select(result => result.Divergence).ToArray();
            Print(method, results);
        }

        return divergences;
    }

    /// <summary>exp of the mean of the logarithms.</summary>
    public static double GeometricMean(IEnumerable<double> values) => Math.Exp(values.Average(value => Math.Log(value)));

    private static TrialResult RunOne(MarkovTeacher teacher, double temperature, Method method)
    {
        var (objective, head) = method.Create(teacher, temperature);
        var settings = new TrialSettings { Temperature = temperature, StepSize = method.StepSize };
        return new MarkovTrial(teacher, settings).Run(objective, head, method.NumTags);
    }

    private void Print(Method method, TrialResult[] results)
    {
        var mean = GeometricMean(results.Select(result => result.Divergence));
        var cells = results.Select(result => result.Divergence).Append(mean).Append(mean / Length).Select(value => value.ToString("G3", CultureInfo.InvariantCulture))
            .Append(Mean(results, result => result.EffectiveTemperature)).Append(Mean(results, result => result.TokenSampleRatio))
            .Append(Mean(results, result => result.ClipFraction)).Append(Mean(results, result => result.HeadError)).Append(Mean(results, result => result.HeadSpread));
        output.WriteLine($"| {method.Name} | {string.Join(" | ", cells)} |");
        output.Flush();
    }

    private static string Mean(TrialResult[] results, Func<TrialResult, double> of)
    {
        var mean = results.Average(of);
        return double.IsNaN(mean) ? "" : mean.ToString("F2", CultureInfo.InvariantCulture);
    }
}
