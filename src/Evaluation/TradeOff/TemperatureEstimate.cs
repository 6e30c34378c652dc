namespace Lhts.Evaluation;

/// <summary>A temperature that was measured.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="StandardError">Its standard error.</param>
public sealed record TemperatureEstimate(double Value, double StandardError);
