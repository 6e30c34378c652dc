namespace Lhts.Trainer.Training;

/// <summary>
/// Keeps the student near what it was: a step size that is too large ends in loops, from which own samples do not come back. Every few steps KL(q before || q
/// after) is estimated on the step's own samples; above the limit the learning rate is lowered, well below it it rises again, and a rate that has to fall too
/// far ends the run.
/// </summary>
/// <param name="Limit">Nats a sequence.</param>
internal sealed record TrustRegion(double Limit)
{
    /// <summary>Steps between two looks: a look costs a forward pass.</summary>
    private const int Every = 4;

    private const double Down = 0.7;
    private const double Up = 1.1;
    private const double Least = 1.0 / 64;

    /// <summary>Whether a step is followed by a look.</summary>
    public static bool IsDue(long step) => step % Every == 0;

    /// <summary>The share of the learning rate for the next steps.</summary>
    /// <param name="share">That of this one.</param>
    /// <param name="divergence">What was found, nats a sequence; null for nothing.</param>
    /// <exception cref="TrustRegionException">It has fallen too far.</exception>
    public double Next(double share, double? divergence)
    {
        if (divergence is not { } found) return share;
        var next = found > Limit ? share * Down : found < Limit / 2 ? Math.Min(1, share * Up) : share;
        return next >= Least ? next : throw new TrustRegionException(found, Limit);
    }
}

/// <summary>The student changes too fast to be trained on its own samples.</summary>
public sealed class TrustRegionException(double divergence, double limit) : Exception(
    string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"one step moved the student by {divergence:0.##} nats a sequence, above student.objective.trustRegion {limit:0.##}, even at a sixty-fourth of the "
        + $"learning rate. ")
    + $"Lower student.training.learningRate; the newest checkpoint is from before.");
