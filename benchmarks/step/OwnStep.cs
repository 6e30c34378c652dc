using System.Diagnostics;
using System.Globalization;
using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using Lhts.Objectives;
using Lhts.Telemetry;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Training;
using static TorchSharp.torch;

namespace Lhts.Step.Benchmarks;

/// <summary>The trainer's own step on a shape, timed in a process of its own.</summary>
internal static class OwnStep
{
    /// <summary>The file with the first step's clipped gradient, a tenth of it (AdamW's first moment after a step).</summary>
    public const string MomentsFile = "moments.safetensors";

    /// <summary>Makes the steps and prints a figure a line.</summary>
    public static void Run(Shape shape, Settings settings, Precision precision, string folder)
    {
        set_num_threads(settings.Threads);
        using var teacher = Gpt2Checkpoint.Load(Path.Combine(folder, "teacher"));
        using var student = Gpt2Checkpoint.Load(Path.Combine(folder, "student"));
        teacher.eval();
        foreach (var parameter in teacher.parameters()) parameter.requires_grad = false;
        student.train();
        using var objective = new LhtsObjective(
            new LhtsOptions { Horizon = settings.Horizon, Clip = settings.Clip, Baseline = BaselineKind.None, Beta = settings.Beta }, shape.Longest);
        var training = new OptimizationRecipe { LearningRate = settings.LearningRate };
        using var updater = new Updater(student.TrainedParameters, [], training, 1e-3, Ranks.Single, new DistributedRecipe());
        var options = new StepOptions { Temperatures = new(Temperatures.Of(settings.Temperature), Seed: 1), Precision = precision };
        var step = new TrainingStep(student, teacher, objective, updater, options, new PhaseClock(TimeProvider.System), Ranks.Single);
        var sequences = new StepSequences(0, shape.MicroBatches);

        var first = step.Run(sequences, 1);
        var path = Path.Combine(folder, MomentsFile);
        if (precision == Precision.Float32) SaveMoments(updater, path);
        else if (File.Exists(path)) Print("gradient", Difference(updater, path));
        Print("loss", first.Loss);
        Print("norm", first.GradientNorm);
        var (processor, wall) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var allocated = GC.GetTotalAllocatedBytes();
        for (var i = 1; i <= settings.NumSteps; i++) step.Run(sequences with { Step = i }, 1);
        Print("processor", (Environment.CpuUsage.TotalTime - processor).TotalSeconds / settings.NumSteps);
        Print("wall", wall.Elapsed.TotalSeconds / settings.NumSteps);
        Print("managed", (GC.GetTotalAllocatedBytes() - allocated) / 1e6 / settings.NumSteps);
        Print("memory", PeakMemory());
    }

    /// <summary>Operations per processor second of the best of some products of large matrices.</summary>
    public static double Peak(ScalarType type)
    {
        const int Size = 1024;
        const int NumProducts = 8;
        using var scope = NewDisposeScope();
        var matrix = full([Size, Size], 0.5, ScalarType.Float32).to(type);
        var best = double.PositiveInfinity;
        for (var i = 0; i < NumProducts; i++)
        {
            var start = Environment.CpuUsage.TotalTime;
            for (var j = 0; j < NumProducts; j++) matrix.matmul(matrix).Dispose();
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - start).TotalSeconds / NumProducts);
        }

        return 2.0 * Size * Size * Size / best;
    }

    private static void SaveMoments(Updater updater, string path) =>
        SafetensorsFile.Write(path, updater.Shares.Select(share => KeyValuePair.Create(share.Name, share.State.exp_avg)), new Dictionary<string, string>());

    /// <summary>Of the first moments from those that were saved, as a share of their size.</summary>
    private static double Difference(Updater updater, string path)
    {
        using var file = SafetensorsFile.Open(path);
        var (apart, size) = (0.0, 0.0);
        foreach (var share in updater.Shares)
        {
            using var scope = NewDisposeScope();
            var saved = empty_like(share.State.exp_avg);
            file.ReadInto(share.Name, saved);
            apart += (share.State.exp_avg - saved).square().sum().item<float>();
            size += saved.square().sum().item<float>();
        }

        return Math.Sqrt(apart / size);
    }

    private static double PeakMemory()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e9;
    }

    private static void Print(string name, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}\t{value:R}"));
}
