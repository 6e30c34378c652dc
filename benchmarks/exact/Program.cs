using System.Globalization;
using Lhts.Benchmarks.Exact;

// dotnet run -c Release --project benchmarks/exact -- [--quick | --full] [names of tables] [temperatures] [--only=text of a method's name]
var size = args.Contains("--full") ? LabSize.Full : args.Contains("--quick") ? LabSize.Quick : LabSize.Default;
var words = args.Where(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToArray();
var temperatures = words.Where(word => char.IsAsciiDigit(word[0])).Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
if (temperatures.Length == 0) temperatures = size == LabSize.Quick ? [0.5] : [0.5, 0.3, 0.8, 0.9, 1.25];
var only = args.FirstOrDefault(argument => argument.StartsWith("--only=", StringComparison.Ordinal))?["--only=".Length..] ?? "";
var laboratory = new Laboratory(new(Console.Out, Console.Error, TimeProvider.System), size, temperatures) { Only = only };
var names = words.Where(word => !char.IsAsciiDigit(word[0])).ToArray();
if (names.FirstOrDefault(name => !laboratory.Tables.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"no table '{unknown}': give some of {string.Join(", ", laboratory.Tables.Keys)}, or nothing for all");
    return 2;
}

Console.WriteLine(
    $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {Environment.ProcessorCount} cores, {Environment.OSVersion.VersionString}, .NET {Environment.Version}");
foreach (var (name, print) in laboratory.Tables)
{
    if (names.Length == 0 || names.Contains(name)) print();
}

return 0;
