using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Lhts.Dispatch.Benchmarks;

/// <summary>A small model trained for many steps: its resident memory and its number of tensors stay where they were early on.</summary>
internal static class Soak
{
    /// <summary>Resident bytes and live tensors after <paramref name="settled"/> steps and after all of them.</summary>
    public static (Sample Early, Sample Late) Run(int settled, int numSteps)
    {
        using var random = new Generator(1);
        using var model = nn.Linear(256, 256);
        using var head = nn.Linear(256, 16);
        using var optimizer = optim.AdamW(model.parameters().Concat(head.parameters()), lr: 1e-3);
        Sample? early = null;
        for (var step = 1; step <= numSteps; step++)
        {
            using (NewDisposeScope())
            {
                optimizer.zero_grad();
                var hidden = nn.functional.gelu(model.call(randn(128, 256, generator: random)));
                var target = randint(0, 16, [128], generator: random);
                nn.functional.cross_entropy(head.call(hidden), target).backward();
                nn.utils.clip_grad_norm_([.. model.parameters(), .. head.parameters()], 1);
                optimizer.step();
            }

            if (step == settled) early = Sample.Take();
        }

        return (early!.Value, Sample.Take());
    }

    /// <summary>What the process holds now, after a collection that gives free memory back to the system.</summary>
    public readonly record struct Sample(long ResidentBytes, long NumTensors)
    {
        public static Sample Take()
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
            var kilobytes = long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
            return new Sample(kilobytes * 1024, Tensor.TotalCount);
        }
    }
}
