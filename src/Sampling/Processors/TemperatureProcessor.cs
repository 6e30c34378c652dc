using System.Globalization;
using Lhts.Sampling.Schedules;
using static TorchSharp.torch;

namespace Lhts.Sampling.Processors;

// B rows, V vocabulary.

/// <summary>
/// Divides scores by a temperature of the whole real line. With beta = 1/T the line is a circle: T = 0 from above is beta = infinity, the likeliest token;
/// T = infinity, from either side, is beta = 0, all tokens alike; T = 0 from below is beta = -infinity, the least likely token. Tokens that are left out
/// stay out at every temperature.
/// </summary>
/// <param name="temperature">Any number but NaN; 0 takes the likeliest token, -0 the least likely one, of ties the lowest.</param>
/// <param name="schedule">Makes another temperature of it at each step; <see langword="null"/> for the same at all.</param>
internal sealed class TemperatureProcessor(double temperature, TemperatureSchedule? schedule) : ILogitProcessor
{
    // 1/T of anything smaller is infinite, or makes infinite scores of finite ones.
    private const double Least = 1e-300;

    public string Name => schedule is null
        ? string.Create(CultureInfo.InvariantCulture, $"temperature {temperature}")
        : string.Create(CultureInfo.InvariantCulture, $"temperature {temperature}, {schedule}");

    /// <summary>Whether it is 0 from above at every step.</summary>
    public bool IsGreedy => schedule is null && temperature == 0 && !double.IsNegative(temperature);

    public Tensor Apply(Tensor scores, IReadOnlyList<ITokenHistory> histories)
    {
        if (schedule is null) return Divide(scores, temperature);
        var temperatures = Temperatures(scores, histories);
        var groups = Enumerable.Range(0, temperatures.Length).GroupBy(row => BitConverter.DoubleToInt64Bits(temperatures[row])).ToArray(); // 0 is not -0
        if (groups.Length == 1) return Divide(scores, temperatures[0]);
        var divided = scores.contiguous().clone();
        foreach (var group in groups)
        {
            var rows = tensor(group.Select(row => (long)row).ToArray(), device: scores.device);
            divided.index_copy_(0, rows, Divide(scores.index_select(0, rows), BitConverter.Int64BitsToDouble(group.Key)));
        }

        return divided;
    }

    /// <summary>The scores at one temperature.</summary>
    internal static Tensor Divide(Tensor scores, double temperature)
    {
        if (temperature == 1) return scores;
        if (temperature >= Least && double.IsFinite(temperature)) return scores / temperature;
        var isOut = scores.eq(double.NegativeInfinity);
        var sound = scores.masked_fill(scores.eq(double.PositiveInfinity), double.NaN); // or a negative temperature would hide the damage
        if (double.IsInfinity(temperature)) return (sound * 0).masked_fill(isOut, double.NegativeInfinity);
        if (temperature <= -Least) return (sound / temperature).masked_fill(isOut, double.NegativeInfinity);
        return Greatest(double.IsNegative(temperature) ? sound.neg().masked_fill(isOut, double.NegativeInfinity) : sound);
    }

    private double[] Temperatures(Tensor scores, IReadOnlyList<ITokenHistory> histories)
    {
        var entropies = schedule!.NeedsEntropy ? Entropies(scores) : new double[histories.Count];
        var temperatures = new double[histories.Count];
        for (var row = 0; row < temperatures.Length; row++)
        {
            var history = histories[row];
            if (schedule.NeedsEntropy) history.LowestEntropy = Math.Min(history.LowestEntropy, entropies[row]);
            temperatures[row] = schedule.At(new ScheduleStep(temperature, history.Tokens.Count - history.PromptLength, history.LowestEntropy));
        }

        return temperatures;
    }

    /// <summary>B entropies in nats.</summary>
    private static double[] Entropies(Tensor scores)
    {
        var logProbs = scores.log_softmax(-1); // (B, V)
        var surprise = logProbs.masked_fill(logProbs.eq(double.NegativeInfinity), 0.0); // 0 log 0 is 0
        return (logProbs.exp() * surprise).sum(-1).neg().cpu().data<double>().ToArray();
    }

    /// <summary>0 at the first greatest score, -infinity elsewhere; NaN where that is no number.</summary>
    private static Tensor Greatest(Tensor scores)
    {
        var chosen = scores.argmax(-1, keepdim: true); // (B, 1); a NaN counts as the greatest
        var value = scores.gather(1, chosen); // (B, 1)
        return full_like(scores, double.NegativeInfinity).scatter_(1, chosen, value - value);
    }
}
