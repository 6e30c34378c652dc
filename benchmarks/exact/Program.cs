using Lhts.Benchmarks.Exact;

// dotnet run --project benchmarks/exact -- [all | enumerated | markov | held-out] [temperatures]
var what = args.FirstOrDefault() ?? "all";
var temperatures = args.Skip(1).Select(argument => double.Parse(argument, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
if (temperatures.Length == 0) temperatures = [0.3, 0.5, 0.8, 0.9, 1.25];
if (what is "enumerated" or "all") EnumeratedTable.Run(Console.Out, temperatures);

long?[] horizons = [1, 2, 4, 8, 16, null];
Method[] few = [Method.Myopic, Method.Dropped(2), Method.Dropped(4), Method.Dropped(8), Method.Dropped(null), Method.Bootstrapped(1)];
Method[] every =
[
    Method.Mle, Method.Myopic, Method.Pairwise, Method.Partition, .. horizons.Select(Method.Dropped), Method.Bootstrapped(1),
    Method.Bootstrapped(4), Method.Bootstrapped(16), Method.Exact(1), Method.Exact(16), Method.DroppedLearned(4), Method.DroppedLearned(null),
];
if (what is "markov" or "all")
{
    var table = new MarkovTable(Console.Out, firstChain: 0, numChains: 5);
    foreach (var temperature in temperatures) table.Run(temperature, temperature == 0.5 ? every : few);
}

// The step sizes and the trace were chosen on chains 0 to 4 at T = 0.5; these are others.
if (what is "held-out" or "all") new MarkovTable(Console.Out, firstChain: 5, numChains: 5).Run(0.5, few);
