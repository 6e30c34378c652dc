using Lhts.Evaluation.Temperatures;
using Lhts.Sampling;
using static TorchSharp.torch;

namespace Lhts.Evaluation.Calibration;

/// <summary>What the figures of calibration are made of; sums of groups add up.</summary>
internal sealed class CalibrationSums(int numBins)
{
    private readonly double[] counts = new double[numBins], confidences = new double[numBins], rights = new double[numBins];
    private double logLikelihood, squares;

    public double NegativeLogLikelihood => -logLikelihood / Count;

    public double Brier => squares / Count;

    public double Accuracy => rights.Sum() / Count;

    public double CalibrationError => Enumerable.Range(0, numBins).Sum(bin => Math.Abs(rights[bin] - confidences[bin])) / Count;

    private double Count => counts.Sum();

    public static void Add(CalibrationSums[] groups, PredictionChunk chunk, double temperature)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var logProbs = (chunk.Logits.to(ScalarType.Float64) / temperature).log_softmax(-1); // (N, V)
        var probabilities = logProbs.exp();
        var labels = tensor(chunk.Labels, device: logProbs.device).unsqueeze(1); // (N, 1)
        var (greatest, likeliest) = probabilities.max(-1); // (N) both
        var ofLabel = probabilities.gather(1, labels).squeeze(1); // (N)
        // The sum of (p - came)^2 is that of p^2, less 2 p(what came), plus 1.
        var brier = Values(probabilities.square().sum(-1) - (ofLabel * 2) + 1);
        var (likelihood, confidence) = (Values(logProbs.gather(1, labels).squeeze(1)), Values(greatest));
        var chosen = likeliest.cpu().data<long>().ToArray();
        for (var i = 0; i < brier.Length; i++)
        {
            groups[chunk.Groups[i]].Add(likelihood[i], brier[i], confidence[i], chosen[i] == chunk.Labels[i]);
        }
    }

    public static CalibrationSums Total(IReadOnlyList<CalibrationSums> groups)
    {
        var total = new CalibrationSums(groups[0].counts.Length);
        foreach (var group in groups) total.Add(group);
        return total;
    }

    /// <summary>As many groups, each drawn from all.</summary>
    public static CalibrationSums Resample(CalibrationSums[] groups, ulong seed, int number)
    {
        var total = new CalibrationSums(groups[0].counts.Length);
        for (var i = 0; i < groups.Length; i++) total.Add(groups[(int)(CounterRandom.Uniform(seed, number, i) * groups.Length)]);
        return total;
    }

    public IReadOnlyList<ReliabilityBin> Bins() =>
    [
        .. Enumerable.Range(0, numBins).Select(bin => new ReliabilityBin(
            (double)bin / numBins, (bin + 1.0) / numBins, (long)counts[bin], confidences[bin] / Math.Max(1, counts[bin]),
            rights[bin] / Math.Max(1, counts[bin]))),
    ];

    private void Add(double logProb, double brier, double confidence, bool isRight)
    {
        var bin = Math.Min(numBins - 1, (int)(confidence * numBins));
        (logLikelihood, squares) = (logLikelihood + logProb, squares + brier);
        counts[bin]++;
        confidences[bin] += confidence;
        if (isRight) rights[bin]++;
    }

    private void Add(CalibrationSums other)
    {
        (logLikelihood, squares) = (logLikelihood + other.logLikelihood, squares + other.squares);
        for (var bin = 0; bin < numBins; bin++)
        {
            counts[bin] += other.counts[bin];
            confidences[bin] += other.confidences[bin];
            rights[bin] += other.rights[bin];
        }
    }

    private static double[] Values(Tensor values) => values.cpu().data<double>().ToArray();
}
