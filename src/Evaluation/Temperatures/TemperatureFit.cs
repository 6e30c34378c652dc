namespace Lhts.Evaluation.Temperatures;

/// <summary>
/// Fits temperatures by maximum likelihood: Newton's method on b = 1/T, over the whole line, kept between points whose slopes tell on which side the
/// maximum lies. Every step goes through the predictions once, for all groups together.
/// </summary>
public static class TemperatureFit
{
    /// <summary>1/T that counts as the end of the line.</summary>
    private const double Greatest = 1e4;

    private const int MaxIterations = 60;

    // In standard errors.
    private const double Tolerance = 1e-7;

    /// <summary>One temperature of all predictions, with the error by group beside it.</summary>
    /// <exception cref="InvalidDataException">There is no prediction, or a logit or label is impossible.</exception>
    public static FittedTemperature Pooled(IPredictions predictions, CancellationToken cancellation = default)
    {
        var search = new Search();
        var atOne = Sums.Of(predictions, _ => 1, cancellation);
        Check(atOne);
        var sums = atOne;
        while (search.Step(Sums.Total(sums))) sums = Sums.Of(predictions, _ => search.Inverse, cancellation);
        var fitted = search.Result(Sums.Total(sums), Sums.Total(atOne).LogLikelihood);
        if (sums.Length < 2 || double.IsInfinity(fitted.Inverse)) return fitted;
        var squares = sums.Sum(group => group.Slope * group.Slope) * sums.Length / (sums.Length - 1);
        return fitted with { InverseErrorByGroup = Math.Sqrt(squares) / Sums.Total(sums).Variance };
    }

    /// <summary>A temperature of each group.</summary>
    /// <exception cref="InvalidDataException">A group has no prediction, or a logit or label is impossible.</exception>
    public static IReadOnlyList<FittedTemperature> OfEach(IPredictions predictions, CancellationToken cancellation = default)
    {
        var atOne = Sums.Of(predictions, _ => 1, cancellation);
        Check(atOne);
        Search[] searches = [.. atOne.Select(_ => new Search())];
        var sums = atOne;
        while (searches.Zip(sums, (search, sum) => search.Step(sum)).ToArray().Any(goesOn => goesOn))
        {
            sums = Sums.Of(predictions, group => searches[group].Inverse, cancellation);
        }

        return [.. searches.Select((search, group) => search.Result(sums[group], atOne[group].LogLikelihood))];
    }

    /// <summary>Perplexities at some temperatures, each other than 0.</summary>
    public static IReadOnlyList<(double Temperature, double Perplexity)> Curve(
        IPredictions predictions, IReadOnlyList<double> temperatures, CancellationToken cancellation = default)
    {
        var (sums, count) = (new double[temperatures.Count], 0L);
        foreach (var chunk in predictions.Chunks(cancellation))
        {
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += Moments.Of(chunk, [.. chunk.Labels.Select(_ => 1 / temperatures[i])]).LogLikelihood.Sum();
            }

            count += chunk.Labels.Length;
        }

        return [.. temperatures.Zip(sums, (temperature, sum) => (temperature, Math.Exp(-sum / count)))];
    }

    private static void Check(Sums[] groups)
    {
        var empty = Array.FindIndex(groups, group => group.Count == 0);
        if (groups.Length == 0 || empty >= 0) throw new InvalidDataException($"Text {Math.Max(0, empty) + 1} has no token to predict.");
        var damaged = Array.FindIndex(groups, group => !double.IsFinite(group.LogLikelihood));
        if (damaged < 0) return;
        throw new InvalidDataException(
            $"Text or row {damaged + 1} has logits that are not numbers, or a label whose logit is -infinity: no temperature makes it possible.");
    }

    private readonly record struct Sums(double LogLikelihood, double Slope, double Variance, long Count, long NumGreatest, long NumLeast)
    {
        public static Sums[] Of(IPredictions predictions, Func<int, double> inverse, CancellationToken cancellation)
        {
            var sums = new Sums[predictions.NumGroups];
            foreach (var chunk in predictions.Chunks(cancellation))
            {
                var moments = Moments.Of(chunk, Array.ConvertAll(chunk.Groups, group => inverse(group)));
                for (var i = 0; i < chunk.Groups.Length; i++)
                {
                    var sum = sums[chunk.Groups[i]];
                    sums[chunk.Groups[i]] = new(
                        sum.LogLikelihood + moments.LogLikelihood[i], sum.Slope + moments.Slope[i], sum.Variance + moments.Variance[i], sum.Count + 1,
                        sum.NumGreatest + (moments.IsGreatest[i] ? 1 : 0), sum.NumLeast + (moments.IsLeast[i] ? 1 : 0));
                }
            }

            return sums;
        }

        public static Sums Total(Sums[] groups) => groups.Aggregate(
            default(Sums),
            (total, group) => new(total.LogLikelihood + group.LogLikelihood, total.Slope + group.Slope, total.Variance + group.Variance,
                total.Count + group.Count, total.NumGreatest + group.NumGreatest, total.NumLeast + group.NumLeast));
    }

    /// <summary>One Newton iteration after another.</summary>
    private sealed class Search
    {
        private double low = double.NegativeInfinity, high = double.PositiveInfinity;
        private int numIterations;

        public double Inverse { get; private set; } = 1;

        /// <summary>Takes the sums at the present place, and goes on to another; false where this one is the maximum.</summary>
        public bool Step(Sums sums)
        {
            if (double.IsInfinity(Inverse) || numIterations == MaxIterations || Math.Abs(sums.Slope) <= Tolerance * Math.Sqrt(sums.Variance)) return false;
            numIterations++;
            if (sums.Slope > 0) low = Inverse;
            else high = Inverse;
            var next = Inverse + (sums.Slope / sums.Variance);
            if (!(next > low && next < high)) next = Inside(Math.Sign(sums.Slope));
            // One step may be long where the curvature is small; twice as far, or to the other side, is far enough.
            next = Math.Clamp(next, Inverse - (2 * Math.Abs(Inverse)) - 1, Inverse + (2 * Math.Abs(Inverse)) + 1);
            // Where all that came is the likeliest, or the least likely, the likelihood only grows towards that end of the line.
            if (sums.NumGreatest == sums.Count || next > Greatest) next = double.PositiveInfinity;
            else if (sums.NumLeast == sums.Count || next < -Greatest) next = double.NegativeInfinity;
            Inverse = next;
            return !double.IsInfinity(next);
        }

        public FittedTemperature Result(Sums sums, double atOne) => new(
            Inverse, double.IsInfinity(Inverse) ? 0 : 1 / Math.Sqrt(sums.Variance), sums.Count, sums.LogLikelihood / sums.Count, atOne / sums.Count,
            numIterations);

        private double Inside(int direction) => double.IsInfinity(low) || double.IsInfinity(high)
            ? Inverse + (direction * (1 + Math.Abs(Inverse)))
            : (low + high) / 2;
    }
}
