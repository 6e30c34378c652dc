using System.Diagnostics;
using System.Globalization;

namespace Lhts.Data.Benchmarks;

/// <summary>What a stage did: UTF-8 bytes in, tokens out, and a remark.</summary>
internal readonly record struct Work(long Bytes, long Tokens = 0, string Remark = "");

/// <summary>A stage that is run once to warm up and then three times; the best counts, since other work only ever slows.</summary>
internal sealed record Measurement(string Name, Func<Task<Work>> Stage)
{
    private const int NumRuns = 3;

    public async Task<string> RunAsync()
    {
        var work = await Stage();
        var best = double.MaxValue;
        for (var run = 0; run < NumRuns; run++)
        {
            var clock = Stopwatch.StartNew();
            work = await Stage();
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }

        var tokens = work.Tokens > 0 ? (work.Tokens / best / 1e6).ToString("F2", CultureInfo.InvariantCulture) : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Name,-44}{work.Bytes / best / 1e6,9:F1}{tokens,12}  {work.Remark}");
    }
}
