using Lhts.Scaling.Benchmarks.Model;
using static Lhts.Scaling.Benchmarks.Table;

namespace Lhts.Scaling.Benchmarks;

/// <summary>The model's tables for H100s, which docs/scaling.md holds as they are.</summary>
public static class ProjectionTables
{
    private const int SequencesOfRecipe = 512;
    private const int GpusOfMemoryTable = 8;
    private const double BytesOfGpu = 80e9;
    private static readonly int[] Gpus = [8, 16, 32, 64, 128, 256, 512, 1024];

    /// <summary>Steps and efficiencies.</summary>
    public static void PrintSteps(TextWriter output)
    {
        foreach (var projection in Projection.All) PrintSteps(projection, output);
        PrintGrown(output);
        PrintFloat32(output);
        PrintSmall(output);
    }

    /// <summary>What fits in memory.</summary>
    public static void PrintMemory(TextWriter output)
    {
        output.WriteLine($"### Memory of a GPU among {GpusOfMemoryTable}, GB: parameters, gradients, AdamW and teacher; then activations\n");
        var kinds = Enum.GetValues<Sharding>();
        var table = new Table(["model", .. kinds.Select(Name), "activations of a micro-batch", "sequences that fit unsharded"]);
        foreach (var (shape, count, isRecomputed) in Projection.All)
        {
            var activations = Memory.Activations(shape, isRecomputed);
            var free = BytesOfGpu - Memory.States(shape, Sharding.None, GpusOfMemoryTable);
            table.Add(
            [
                shape.Name, .. kinds.Select(kind => Number(Memory.States(shape, kind, GpusOfMemoryTable) / 1e9, "F1")),
                Number(count * activations / 1e9, "F1"), Number(Math.Floor(free / activations), "F0"),
            ]);
        }

        table.Print(output);
    }

    private static void PrintSteps(Projection projection, TextWriter output)
    {
        var shape = projection.Shape;
        output.WriteLine($"### {shape.Name}, {Number(shape.NumParameters / 1e6, "F0")} million parameters, {SequencesOfRecipe} sequences of {shape.Context}\n");
        var table = new Table("GPUs", "sequences each", "step, ms", "all-reduce, ms", "exposed, ms", "hidden", "update, ms", "efficiency");
        foreach (var gpus in Gpus)
        {
            var step = projection.Step(gpus, SequencesOfRecipe);
            table.Add(
                $"{gpus}", $"{Projection.SequencesPerGpu(gpus, SequencesOfRecipe)}", Milliseconds(step.Total), Milliseconds(step.Reducing),
                Milliseconds(step.Exposed),
                Percent(step.HiddenShare), Milliseconds(projection.UpdateSeconds), Percent(projection.EfficiencyOf(gpus, SequencesOfRecipe)));
        }

        table.Print(output);
    }

    private static void PrintGrown(TextWriter output)
    {
        output.WriteLine("### Efficiency where the batch grows with the GPUs: one full micro-batch for each\n");
        PrintEfficiency(output, Projection.All, (projection, gpus) => gpus * projection.SequencesOfMicroBatch);
    }

    private static void PrintFloat32(TextWriter output)
    {
        output.WriteLine($"### Efficiency in float32, {SequencesOfRecipe} sequences\n");
        PrintEfficiency(output, [.. Projection.All.Select(projection => projection with { FlopsPerSecond = Projection.Float32 })], (_, _) => SequencesOfRecipe);
    }

    private static void PrintEfficiency(TextWriter output, IReadOnlyList<Projection> projections, Func<Projection, int, int> sequences)
    {
        var table = new Table(["GPUs", .. projections.Select(projection => projection.Shape.Name)]);
        foreach (var gpus in Gpus)
        {
            table.Add([$"{gpus}", .. projections.Select(projection => Percent(projection.EfficiencyOf(gpus, sequences(projection, gpus))))]);
        }

        table.Print(output);
    }

    private static void PrintSmall(TextWriter output)
    {
        output.WriteLine("### One all-reduce of 256 bytes, microseconds\n");
        var table = new Table("GPUs", "ring", "tree", $"{Projection.NumSmallReductions} of the faster");
        foreach (var gpus in Gpus)
        {
            var cluster = new H100Cluster(gpus);
            table.Add(
                $"{gpus}", Number(cluster.Ring(256) * 1e6, "F0"), Number(cluster.Tree(256) * 1e6, "F0"),
                Number(Projection.NumSmallReductions * cluster.AllReduce(256) * 1e6, "F0"));
        }

        table.Print(output);
    }

    private static string Name(Sharding sharding) => sharding switch
    {
        Sharding.None => "nothing shared out",
        Sharding.Optimizer => "AdamW (ZeRO-1)",
        Sharding.Gradients => "and gradients (ZeRO-2)",
        _ => "and parameters (ZeRO-3)",
    };
}
