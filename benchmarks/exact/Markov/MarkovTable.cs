namespace Lhts.Benchmarks.Exact;

/// <summary>Trains students of random chains by each method and prints a row for each.</summary>
public sealed class MarkovTable(LabTable table, ChainSet chains, TrialSettings settings)
{
    /// <summary>Prints the table of one temperature: geometric means of divergences, means of all else, over the chains.</summary>
    public void Run(double temperature, IEnumerable<Method> methods)
    {
        var teachers = chains.Teachers();
        table.Begin($"{chains.Name}, T = {LabTable.NameOf(temperature)}", [
            "method", .. teachers.Select((_, i) => $"chain {chains.First + i}"), "geometric mean", "per token", "effective T", "ESS/N", "clipped",
            "noise at start", "noise at end",
            "head error", "its spread",
        ]);
        foreach (var method in methods)
        {
            var results = teachers.Select((teacher, i) => table.Trial(
                $"chain {chains.First + i}, T = {LabTable.NameOf(temperature)}, {method.Name}",
                () => new MarkovTrial(teacher, settings with { Temperature = temperature }).Run(method))).ToArray();
            Print(method, results);
        }
    }

    private void Print(Method method, MarkovResult[] results)
    {
        var mean = LabTable.GeometricMean(results.Select(result => result.Divergence));
        table.Row(method.Name, [
            .. results.Select(result => (result.Divergence, "G3")), (mean, "G3"), (mean / chains.Length, "G3"),
            (results.Average(result => result.EffectiveTemperature), "F3"), (results.Average(result => result.TokenSampleRatio), "F2"),
            (results.Average(result => result.ClipFraction), "F2"), (results.Average(result => result.NoiseAtStart), "G3"),
            (results.Average(result => result.NoiseAtEnd), "G3"), (results.Average(result => result.HeadError), "G2"),
            (results.Average(result => result.HeadSpread), "G2"),
        ]);
    }
}
