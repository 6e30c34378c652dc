using System.Globalization;
using Lhts.Dispatch.Benchmarks;
using static TorchSharp.torch;

// Run with: dotnet run -c Release --project benchmarks/dispatch -- [threads of the optimizer step]
//       or: dotnet run -c Release --project benchmarks/dispatch -- soak [steps]
// The comparison needs Debian's python3-torch (eng/apt-packages-benchmarks.txt).
if (args is ["soak", ..])
{
    var numSteps = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 20_000;
    var settled = numSteps / 10;
    var (early, late) = Soak.Run(settled, numSteps);
    var growth = ((double)late.ResidentBytes / early.ResidentBytes) - 1;
    Console.WriteLine(
        $"{early.ResidentBytes / 1e6:F1} MB and {early.NumTensors} tensors after {settled} steps, {late.ResidentBytes / 1e6:F1} MB and {late.NumTensors} "
        + $"after {numSteps}: {growth:P2}");
    return growth <= 0.01 && late.NumTensors == early.NumTensors ? 0 : 1;
}

var numThreads = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : Environment.ProcessorCount;
set_num_threads(1);
var measurements = new List<Measurement>();
using (no_grad())
{
    foreach (var (name, call) in SmallCalls.All()) measurements.Add(Measurement.Of(name, call, 5000, 40));
}

set_num_threads(numThreads);
var (numParameters, step) = OptimizerStep.Make(768, 12);
measurements.Add(Measurement.Of($"AdamW step, {numParameters} parameters", step, 1, 8));

var python = Python.Run(numThreads);
Console.WriteLine(
    $"libtorch {__version__}, python3-torch {python.GetValueOrDefault("#", "missing")}; small calls on 1 thread, the optimizer step on {numThreads}");
Console.WriteLine();
Console.WriteLine($"| {"call",-28} | {"C# ns",13} | {"Python ns",13} | {"C#/Python",9} | {"managed bytes",13} |");
Console.WriteLine($"|{new string('-', 30)}|{new string('-', 14)}:|{new string('-', 14)}:|{new string('-', 10)}:|{new string('-', 14)}:|");
foreach (var m in measurements)
{
    var theirs = python.TryGetValue(m.Name, out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : double.NaN;
    Console.WriteLine($"| {m.Name,-28} | {m.Nanoseconds,13:N0} | {theirs,13:N0} | {m.Nanoseconds / theirs,9:F2} | {m.Bytes,13:F0} |");
}

return 0;
