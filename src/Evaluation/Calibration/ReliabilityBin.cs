namespace Lhts.Evaluation.Calibration;

/// <summary>Predictions whose greatest probability lies in one bin.</summary>
/// <param name="Low">Lower end of the bin.</param>
/// <param name="High">Upper end.</param>
/// <param name="Count">How many predictions.</param>
/// <param name="Confidence">Mean of the greatest probabilities; 0 without predictions.</param>
/// <param name="Accuracy">Share of predictions whose likeliest outcome came; 0 without predictions.</param>
public sealed record ReliabilityBin(double Low, double High, long Count, double Confidence, double Accuracy);
