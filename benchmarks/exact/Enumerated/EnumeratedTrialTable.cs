namespace Lhts.Benchmarks.Exact;

/// <summary>Trains students of enumerated teachers by each method and prints a row for each.</summary>
public sealed class EnumeratedTrialTable(LabTable table, string title, TrialSettings settings)
{
    /// <summary>Prints the table of one temperature: geometric means of divergences, means of all else, over the teachers.</summary>
    public void Run(IReadOnlyList<EnumeratedTeacher> teachers, double temperature, IEnumerable<Method> methods)
    {
        var space = teachers[0].Space;
        table.Begin($"{title}, {space.NumSymbols} symbols, length {space.Length}, {settings.NumSequences:N0} sequences, T = {LabTable.NameOf(temperature)}", [
            "method", .. teachers.Select(teacher => teacher.Name), "geometric mean", "per token", "total variation", "effective T", "ESS/N", "noise at start",
            "noise at end", "head error",
        ]);
        foreach (var method in methods)
        {
            var results = teachers.Select(teacher => table.Trial(
                $"{teacher.Name}, T = {LabTable.NameOf(temperature)}, {method.Name}",
                () => new EnumeratedTrial(teacher, settings with { Temperature = temperature }).Run(method))).ToArray();
            Print(method, results, space.Length);
        }
    }

    private void Print(Method method, EnumeratedResult[] results, int length)
    {
        var mean = LabTable.GeometricMean(results.Select(result => result.Divergence));
        table.Row(method.Name, [
            .. results.Select(result => (result.Divergence, "G3")), (mean, "G3"), (mean / length, "G3"),
            (results.Average(result => result.TotalVariation), "G3"), (results.Average(result => result.EffectiveTemperature), "F3"),
            (results.Average(result => result.TokenSampleRatio), "F2"), (results.Average(result => result.NoiseAtStart), "G3"),
            (results.Average(result => result.NoiseAtEnd), "G3"), (results.Average(result => result.HeadError), "G2"),
        ]);
    }
}
