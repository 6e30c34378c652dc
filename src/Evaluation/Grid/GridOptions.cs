namespace Lhts.Evaluation.Grid;

/// <summary>What a grid of temperatures measures.</summary>
public sealed record GridOptions
{
    /// <summary>Long-horizon temperatures of the student: the rows. Default 0.1, 0.2, ..., 1.0.</summary>
    public IReadOnlyList<double> LongHorizonTemperatures { get; init; } = Tenths;

    /// <summary>Myopic temperatures of each token's draw, of student and teacher: the columns. Default 0.1, 0.2, ..., 1.0.</summary>
    public IReadOnlyList<double> MyopicTemperatures { get; init; } = Tenths;

    /// <summary>Texts of each cell. Default 128.</summary>
    public int NumSamples { get; init; } = 128;

    /// <summary>Tokens of a text at most. Default: nothing, the context.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>Texts drawn at a time. Default 128.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Seed of texts and of the bootstrap. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Resamples of the bootstrap. Default 2000.</summary>
    public int NumResamples { get; init; } = 2000;

    private static double[] Tenths => [.. Enumerable.Range(1, 10).Select(tenth => tenth / 10.0)];

    /// <summary>What is wrong with these options, one sentence each.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (var (name, values) in new[] { ("long-horizon", LongHorizonTemperatures), ("myopic", MyopicTemperatures) })
        {
            if (values.Count == 0) yield return $"there is no {name} temperature; give one at least";
            if (values.Distinct().Count() < values.Count) yield return $"a {name} temperature is given twice; give each once";
        }

        foreach (var value in LongHorizonTemperatures.Where(value => !(value > 0 && double.IsFinite(value))))
        {
            yield return $"long-horizon temperature is {value}; it must be above 0";
        }

        foreach (var value in MyopicTemperatures.Where(value => !(value >= 0 && double.IsFinite(value))))
        {
            yield return $"myopic temperature is {value}; it must be 0 or more";
        }

        if (NumSamples < 2) yield return $"the number of samples is {NumSamples}; an interval takes 2 or more";
        if (MaxNewTokens < 1) yield return $"the number of new tokens is {MaxNewTokens}; it must be 1 or more";
        if (BatchSize < 1) yield return $"batch size is {BatchSize}; it must be 1 or more";
        if (NumResamples < 100) yield return $"the number of resamples is {NumResamples}; 95 % intervals take 100 or more";
    }

    /// <summary>Every cell: the teacher's row first, then the student's from the highest long-horizon temperature down.</summary>
    public IEnumerable<GridKey> Keys() =>
        from row in LongHorizonTemperatures.OrderDescending().Select(value => (double?)value).Prepend(null)
        from column in MyopicTemperatures.Order()
        select new GridKey(row, column);
}
