using Lhts.Distributed;
using Lhts.Scaling.Benchmarks.Measuring;
using Lhts.Scaling.Benchmarks.Model;
using static Lhts.Scaling.Benchmarks.Table;

namespace Lhts.Scaling.Benchmarks;

/// <summary>
/// The model's step beside the measured one. What it is told: the ranks' step without communication, and one with reductions after backward over
/// loopback, which says how fast these are and how much processor time they take. Shaped links are told by their bandwidth alone.
/// </summary>
internal sealed class ModelCheck(Suite suite, Workload work)
{
    // Of a full Ethernet frame with TCP and time stamps.
    private const double PayloadShare = 1448.0 / 1514;

    public void Print()
    {
        Console.WriteLine("### The model beside measurements\n");
        var late = suite[suite.Late];
        var taken = Math.Max(0, late.Processor - late.Silent.Processor);
        Console.WriteLine(
            $"Told: the step of the same ranks without communication, here {Milliseconds(late.Silent.Step)} ms, of it backward "
            + $"{Milliseconds(late.Silent.Backward)} ms; reductions over loopback {Number(Loopback / 1e9, "F2")} GB/s, "
            + $"{Milliseconds(taken)} ms of processor time.\n");
        var table = new Table("2 ranks", "predicted step, ms", "measured, ms", "error", "predicted hidden", "measured hidden");
        foreach (var measured in suite.Buckets.Concat([suite.Plain]).Concat(suite.Shaped).Where(suite.Has))
        {
            var (predicted, outcome) = (Predict(measured, taken), suite[measured]);
            table.Add(
                measured.Name, Milliseconds(predicted.Total), Milliseconds(outcome.Step), Percent(Efficiency.Error(predicted.Total, outcome.Step)),
                Percent(predicted.HiddenShare), Percent(outcome.HiddenShare));
        }

        table.Print(Console.Out);
    }

    private double Loopback => Collective.RingShare(2) * suite[suite.Late].GradientBytes / suite[suite.Late].Reducing;

    private ModelledStep Predict(Case measured, double taken)
    {
        var silent = suite[measured].Silent;
        var bandwidth = measured.Gigabits is { } rate ? Math.Min(Loopback, rate * 1e9 / 8 * PayloadShare) : Loopback;
        var shape = new GptShape("", work.Layers, work.Width, work.Vocabulary, work.Length);
        var options = new BucketOptions { Bytes = (long)(measured.Distributed.BucketMegabytes * (1 << 20)) };
        return StepModel.Predict(
            new StepCompute(silent.Step, silent.Backward), BucketPlan.Of(shape, options), bytes =>
                Collective.Ring(bytes, measured.Processes, bandwidth, hop: 0), taken,
            measured.Overlaps);
    }
}
