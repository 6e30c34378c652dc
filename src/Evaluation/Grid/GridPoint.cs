using System.Text.Json.Serialization;

namespace Lhts.Evaluation.Grid;

/// <summary>A measured cell with its intervals.</summary>
/// <param name="Key">The cell's place.</param>
/// <param name="LogLikelihood">The teacher's mean log-likelihood of a token, in nats.</param>
/// <param name="Diversity">Distinct-2 of the words.</param>
/// <param name="CurveDiversity">The distinct-2 of the teacher's myopic curve at that likelihood; NaN where it was not measured, and for the teacher.</param>
/// <param name="Lead">Distinct-2 less that of the teacher's myopic curve at the same likelihood; NaN where the curve was not measured, and for the
/// teacher.</param>
public sealed record GridPoint(GridKey Key, Estimate LogLikelihood, Estimate Diversity, double CurveDiversity, Estimate Lead)
{
    /// <summary>Whether the curve was measured at the point's likelihood.</summary>
    [JsonIgnore]
    public bool IsCompared => double.IsFinite(Lead.Value);
}
