using Lhts.Scaling.Benchmarks.Measuring;
using Lhts.Scaling.Benchmarks.Model;
using static Lhts.Scaling.Benchmarks.Table;

namespace Lhts.Scaling.Benchmarks;

/// <summary>What was measured, as docs/scaling.md quotes it.</summary>
internal sealed class MeasuredTables(Suite suite)
{
    public void Print()
    {
        PrintSteps();
        PrintHiding();
        if (suite.Has(suite.Plain)) PrintBytes();
    }

    private void PrintSteps()
    {
        Console.WriteLine("### Steps\n");
        var table = new Table("processes", "step, ms", "tokens/s", "processor time of a process and step, ms");
        foreach (var measured in new[] { suite.AloneHalf, suite.Alone, suite.Wide, suite.Strangers, suite.Ranks })
        {
            var outcome = suite[measured];
            table.Add(measured.Name, Milliseconds(outcome.Step), Number(outcome.TokensPerSecond, "F0"), Milliseconds(outcome.Processor));
        }

        table.Print(Console.Out);
        var ranks = suite[suite.Ranks].Step;
        new Table("efficiency of 2 ranks of 1 thread", "")
            .Add("against 1 process of 1 thread, same whole batch (strong)", Percent(Efficiency.Strong(suite[suite.Alone].Step, ranks, 2)))
            .Add("against 1 process of 1 thread, same batch each (weak)", Percent(Efficiency.Weak(suite[suite.AloneHalf].Step, ranks)))
            .Add("against 1 process of 2 threads, same whole batch", Percent(Efficiency.Weak(suite[suite.Wide].Step, ranks)))
            .Add("against 2 processes that know nothing of each other", Percent(Efficiency.Weak(suite[suite.Strangers].Step, ranks)))
            .Add("against the same ranks' steps without communication (compute time kept)", Percent(suite[suite.Ranks].Kept))
            .Print(Console.Out);
    }

    private void PrintHiding()
    {
        Console.WriteLine("### Reductions behind backward\n");
        var table = new Table(
            "2 ranks", "step, ms", "without communication", "compute time kept", "reducing, ms", "exposed, ms", "hidden", "more processor time");
        foreach (var measured in new[] { suite.Late }.Concat(suite.Buckets).Concat([suite.Plain]).Concat(suite.Shaped).Where(suite.Has))
        {
            var outcome = suite[measured];
            table.Add(
                measured.Name, Milliseconds(outcome.Step), Milliseconds(outcome.Silent.Step), Percent(outcome.Kept), Milliseconds(outcome.Reducing),
                Milliseconds(outcome.Exposed),
                Percent(outcome.HiddenShare), Percent((outcome.Processor / outcome.Silent.Processor) - 1));
        }

        table.Print(Console.Out);
    }

    private void PrintBytes()
    {
        Console.WriteLine("### Bytes on the wire\n");
        var table = new Table("a step", "gradients, MB", "a rank sends, MB", "least of a ring, MB", "sent / least");
        foreach (var measured in new[] { suite.Plain, suite.Rounded, suite.Sharded })
        {
            var outcome = suite[measured];
            var least = Collective.RingShare(measured.Processes) * outcome.GradientBytes;
            table.Add(measured.Name, Megabytes(outcome.GradientBytes), Megabytes(outcome.SentBytes), Megabytes(least), Number(outcome.SentBytes / least, "F3"));
        }

        table.Print(Console.Out);
    }
}
