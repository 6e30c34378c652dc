namespace Lhts.Evaluation;

/// <summary>The myopic temperature at which the teacher comes nearest to p_T.</summary>
/// <param name="Temperature">T.</param>
/// <param name="MyopicTemperature">The best temperature of each token's draw. For text it lies below T where T is low, and it is 1 at T = 1.</param>
/// <param name="FreeEnergy">F_T there, in nats a sequence, of draws that did not choose the temperature; NaN where none were asked for.</param>
public sealed record MyopicBest(double Temperature, double MyopicTemperature, Figure FreeEnergy);
