using System.Globalization;
using System.Text.Json;
using Lhts.Models.Gpt;
using Lhts.Step.Benchmarks;
using static TorchSharp.torch;

// Run with: dotnet run -c Release --project benchmarks/step -- [gpt2] [characters] [quickstart] [--rounds 5] [--steps 2] [--own] (no Python)
if (args is ["own", var name, var precision, var path])
{
    var asked = JsonSerializer.Deserialize<Settings>(File.ReadAllText(Path.Combine(path, "settings.json")))!;
    OwnStep.Run(Shape.All.Single(shape => shape.Name == name), asked, Enum.Parse<Precision>(precision), path);
    return 0;
}

var (rounds, steps) = (NumberAfter("--rounds") ?? 5, NumberAfter("--steps") ?? 2);
var shapes = Shape.All.Where(shape => args.Contains(shape.Name)).ToArray();
if (shapes.Length == 0) shapes = [.. Shape.All];
set_num_threads(1);
var (peak, narrow) = (OwnStep.Peak(ScalarType.Float32), OwnStep.Peak(ScalarType.BFloat16));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"libtorch {__version__}, one thread, medians of {rounds} rounds of {steps} steps; products of 1024 x 1024: {peak / 1e9:F0} GFLOP/s in float32, "
    + $"{narrow / 1e9:F0} in bfloat16\n"));
Console.WriteLine(Table.Heading);
foreach (var shape in shapes)
{
    var folder = Directory.CreateTempSubdirectory("lhts-step-").FullName;
    try
    {
        Prepare(shape, folder);
        var table = new Table(shape, peak, narrow);
        for (var round = 0; round < rounds; round++)
        {
            table.Add("ours, float32", Child.Run(Child.Own(shape.Name, Precision.Float32, folder)));
            table.Add("ours, bfloat16", Child.Run(Child.Own(shape.Name, Precision.Bfloat16, folder)));
            if (!args.Contains("--own")) table.Add("released way", Child.Run(Child.Python(folder)));
        }

        table.Print(Console.Out);
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

return 0;

int? NumberAfter(string option) => Array.IndexOf(args, option) is >= 0 and var i ? int.Parse(args[i + 1], CultureInfo.InvariantCulture) : null;

void Prepare(Shape shape, string folder)
{
    foreach (var (kind, seed) in new[] { ("teacher", 1UL), ("student", 2UL) })
    {
        using var model = shape.Make(seed);
        Gpt2Checkpoint.Save(model, Path.Combine(folder, kind));
    }

    var settings = new Settings { Documents = shape.Documents, Context = shape.Longest, Heads = shape.Heads, NumSteps = steps };
    File.WriteAllText(Path.Combine(folder, "settings.json"), JsonSerializer.Serialize(settings));
}
