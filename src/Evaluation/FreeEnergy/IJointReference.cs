using System.Text.Json.Serialization;
using Lhts.Sampling;

namespace Lhts.Evaluation;

/// <summary>Something that knows p_T without training, such as sequential Monte Carlo on the teacher.</summary>
public interface IJointReference
{
    /// <summary>What it knows of a temperature; null where it knows nothing reliable.</summary>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="stop">Ends the work.</param>
    JointReference? At(double temperature, CancellationToken stop);
}

/// <summary>p_T itself at one temperature, as far as a reference sampler tells.</summary>
/// <param name="Temperature">T.</param>
/// <param name="LogPartition">log Z_T in nats, with its standard error.</param>
/// <param name="LogLikelihood">The teacher's mean log-likelihood of a token under p_T, in nats.</param>
/// <param name="Entropy">Entropy of p_T, in nats a token.</param>
public sealed record JointReference(double Temperature, Figure LogPartition, double LogLikelihood, double Entropy)
{
    /// <summary>Texts of p_T that go on from one beginning, with the teacher's scores. Default: none are kept.</summary>
    [JsonIgnore]
    public IReadOnlyList<(SampledSequence Text, ScoredSequence Score)> Texts { get; init; } = [];

    /// <summary>From log Z_T and texts of p_T: H(p_T) = log Z_T - E[log p]/T.</summary>
    /// <param name="temperature">T.</param>
    /// <param name="logPartition">log Z_T.</param>
    /// <param name="logP">(N): log p of each text.</param>
    /// <param name="numTokens">(N): tokens of each text.</param>
    public static JointReference Of(double temperature, Figure logPartition, IReadOnlyList<double> logP, IReadOnlyList<int> numTokens)
    {
        var (perSequence, length) = (logP.Average(), numTokens.Average());
        return new(temperature, logPartition, perSequence / length, (logPartition.Value - (perSequence / temperature)) / length);
    }

    /// <summary>
    /// 1 - KL(student)/KL(best myopic): the share of the gap between the best myopic temperature and p_T that a student closes, with an error to first
    /// order in those of the three figures. Far from a number where the gap itself is within its error.
    /// </summary>
    public Figure GapClosed(Figure student, Figure best)
    {
        var (gap, left) = (LogPartition.Value - best.Value, LogPartition.Value - student.Value);
        var fromBest = left / gap * best.StandardError;
        var fromPartition = (student.Value - best.Value) / gap * LogPartition.StandardError;
        var error = double.Hypot(student.StandardError, double.Hypot(fromBest, fromPartition)) / Math.Abs(gap);
        return new(1 - (left / gap), error);
    }
}
