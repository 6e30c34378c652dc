using System.Globalization;
using Lhts.Scaling.Benchmarks;
using Lhts.Scaling.Benchmarks.Measuring;

// Run with: dotnet run -c Release --project benchmarks/scaling -- [model] [--quick] ...
if (RankSettings.OfThisProcess() is { } rank)
{
    RankProcess.Run(rank);
    return 0;
}

Options options;
try
{
    options = Options.Of(args);
}
catch (ArgumentException fault)
{
    Console.Error.WriteLine(fault.Message);
    return 2;
}

if (!options.OnlyModel)
{
    var work = options.Workload;
    var obstacle = Hosts.Obstacle();
    if (obstacle is not null) Console.Error.WriteLine($"Only loopback is measured, and no bytes are counted: {obstacle}. Run as root with Debian's iproute2.");
    var suite = new Suite();
    suite.Run(work, canBeApart: obstacle is null);
    var load = File.ReadAllText("/proc/loadavg").Split(' ');
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {Environment.ProcessorCount} cores, load average {load[0]}, {load[1]}, {load[2]} at the end. GPT-2 "
        + $"of {work.Layers} blocks, width {work.Width}, vocabulary {work.Vocabulary}, {suite[suite.Alone].NumParameters / 1e6:F2} million parameters; "
        + $"{work.Sequences} sequences of {work.Length} tokens for each rank, medians of {work.Rounds} rounds of {work.Steps} steps.\n"));
    new MeasuredTables(suite).Print();
    new ModelCheck(suite, work).Print();
}

ProjectionTables.PrintSteps(Console.Out);
ProjectionTables.PrintMemory(Console.Out);
return 0;
