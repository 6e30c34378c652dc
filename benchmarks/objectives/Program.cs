using System.Globalization;
using Lhts.Benchmarks.Objectives;

// dotnet run -c Release --project benchmarks/objectives -- [--steps=N] [--seeds=N] [names of methods]
// Trains recipes/joint.yaml's teacher once for each seed, then a student by every method with the command itself, and prints what its evaluation found.
var seeds = Number("--seeds=") ?? 1;
var steps = Number("--steps=");
var names = args.Where(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToArray();
var methods = Method.All.Where(method => names.Length == 0 || names.Contains(method.Name)).ToArray();
if (methods.Length == 0)
{
    Console.Error.WriteLine($"no such method: give some of {string.Join(", ", Method.All.Select(method => method.Name))}, or nothing for all");
    return 2;
}

Console.WriteLine("| method | seed | T | gain | effective T | log p / token | entropy / token | distinct-2 | gap closed | student's time |");
Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
for (var seed = 1; seed <= seeds; seed++)
{
    foreach (var method in methods) Console.WriteLine(Run.Student(Run.Teacher(seed, method.Length), method, seed, steps));
}

return 0;

long? Number(string option) => args.FirstOrDefault(argument => argument.StartsWith(option, StringComparison.Ordinal)) is { } given
    ? long.Parse(given[option.Length..], CultureInfo.InvariantCulture)
    : null;
