namespace Lhts.Evaluation.Grid;

/// <summary>Compares cells with each other, resample by resample.</summary>
internal sealed class GridComparison(
    GridOptions options, IReadOnlyDictionary<GridKey, GridCell> cells, IReadOnlyDictionary<GridKey, CellResamples> resamples)
{
    private readonly GridKey[] curve = [.. options.MyopicTemperatures.OrderDescending().Select(temperature => new GridKey(null, temperature))];

    /// <summary>A cell with its intervals.</summary>
    public GridPoint PointOf(GridKey key)
    {
        var (cell, drawn) = (cells[key], resamples[key]);
        var (curveDiversity, lead) = key.Source == SampleSource.Student ? LeadOf(cell, drawn) : (double.NaN, new Estimate(double.NaN, double.NaN, double.NaN));
        return new GridPoint(
            key, Estimate.Of(cell.LogLikelihood, drawn.LogLikelihoods), Estimate.Of(cell.Diversity, drawn.Diversities), curveDiversity, lead);
    }

    /// <summary>The change of likelihood between two long-horizon temperatures at the highest myopic one.</summary>
    public GridStep StepOf(double from, double to)
    {
        var myopic = options.MyopicTemperatures.Max();
        var (start, end) = (new GridKey(from, myopic), new GridKey(to, myopic));
        var changes = resamples[end].LogLikelihoods.Zip(resamples[start].LogLikelihoods, (after, before) => after - before);
        return new GridStep(from, to, Estimate.Of(cells[end].LogLikelihood - cells[start].LogLikelihood, changes));
    }

    private (double CurveDiversity, Estimate Lead) LeadOf(GridCell cell, CellResamples drawn)
    {
        var curveDiversity = MyopicFrontier.DiversityAt([.. curve.Select(key => (cells[key].LogLikelihood, cells[key].Diversity))], cell.LogLikelihood);
        var leads = Enumerable.Range(0, options.NumResamples).Select(i =>
            drawn.Diversities[i] - MyopicFrontier.DiversityAt(CurveIn(i), drawn.LogLikelihoods[i]));
        return (curveDiversity, Estimate.Of(cell.Diversity - curveDiversity, leads));
    }

    private (double LogLikelihood, double Diversity)[] CurveIn(int resample) =>
        Array.ConvertAll(curve, key => (resamples[key].LogLikelihoods[resample], resamples[key].Diversities[resample]));
}
