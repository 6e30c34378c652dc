using Lhts.Benchmarks.Exact;

// dotnet run --project benchmarks/exact -- [markov|enumerated] [temperatures]
var what = args.FirstOrDefault() ?? "all";
var temperatures = args.Skip(1).Select(argument => double.Parse(argument, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
if (temperatures.Length == 0) temperatures = [0.3, 0.5, 0.8, 0.9, 1.25];
if (what is "enumerated" or "all") EnumeratedTable.Run(Console.Out, temperatures);
if (what is not ("markov" or "all")) return;

long?[] horizons = [1, 2, 4, 8, 16, null];
Method[] few = [Method.Myopic, .. horizons.Select(Method.Dropped), Method.Bootstrapped(1), Method.Exact(1)];
Method[] all =
[
    Method.Mle, Method.Myopic, Method.Pairwise, Method.Partition, .. horizons.Select(Method.Dropped), Method.Bootstrapped(1),
    Method.Bootstrapped(4), Method.Bootstrapped(16), Method.Exact(1), Method.Exact(16), Method.DroppedLearned(4), Method.DroppedLearned(null),
];
var table = new MarkovTable(Console.Out, numChains: 5);
foreach (var temperature in temperatures) table.Run(temperature, temperature == 0.5 ? all : few);
