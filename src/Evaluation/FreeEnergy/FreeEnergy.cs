namespace Lhts.Evaluation;

/// <summary>
/// The free energy of a distribution q at temperature T, F_T(q) = E_q[log p(x)]/T + H(q) = log Z_T - KL(q || p_T), in nats a sequence: the
/// variational principle of Gibbs. Of two distributions the one with the higher F is nearer to p_T, by exactly the difference, and nobody needs
/// to know Z_T for that.
/// </summary>
public static class FreeEnergy
{
    /// <summary>F_T of what sequences were drawn from: the mean of log p/T - log q.</summary>
    /// <param name="draws">The sequences.</param>
    /// <param name="temperature">T, above 0.</param>
    public static Figure Of(ScoredDraws draws, double temperature) => Figure.MeanOf([.. draws.LogWeights(temperature)]);

    /// <summary>
    /// How much nearer to p_T a student is than the best that dividing the teacher's logits gives: F_T(student) less the largest F_T over myopic
    /// temperatures. The draws of both must be others than those that chose the temperature, or the largest is too large.
    /// </summary>
    public static Figure GainOf(ScoredDraws student, MyopicBest best) => Of(student, best.Temperature).Minus(best.FreeEnergy);
}
