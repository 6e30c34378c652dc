using Lhts.Models.Safetensors;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>Compares a folder's tensors with those that its configuration calls for, and lists every difference at once.</summary>
internal sealed class Gpt2WeightCheck
{
    private readonly WeightFiles weights;
    private readonly Dictionary<string, long[]> expected;
    private readonly Dictionary<string, string> tensorOf = new(StringComparer.Ordinal);
    private readonly List<string> faults = [];

    private Gpt2WeightCheck(Gpt2Config config, WeightFiles weights)
    {
        this.weights = weights;
        expected = Gpt2Tensors.Shapes(config).ToDictionary(pair => pair.Name, pair => pair.Shape, StringComparer.Ordinal);
    }

    /// <summary>Names of the tensors by the parameter they hold.</summary>
    /// <exception cref="InvalidDataException">Something is missing, unexpected, mis-shaped or of a type that does not fit; all of it is listed.</exception>
    public static IReadOnlyDictionary<string, string> Match(string folder, Gpt2Config config, WeightFiles weights)
    {
        var check = new Gpt2WeightCheck(config, weights);
        foreach (var name in weights.Names) check.Assign(name);
        check.CompareShapes();
        check.CompareOutputLayer();
        if (check.faults.Count == 0) return check.tensorOf;

        throw new InvalidDataException(
            $"'{folder}': the tensors are not those of the GPT-2 in its {Gpt2ConfigFile.Name}:\n"
            + string.Join('\n', check.faults.Select(fault => $"  - {fault}")));
    }

    private void Assign(string tensor)
    {
        var parameter = Gpt2Tensors.ParameterName(tensor);
        if (tensor == Gpt2Tensors.OutputLayer || Gpt2Tensors.IsBuffer(parameter)) return;
        if (!expected.ContainsKey(parameter)) faults.Add($"unexpected: '{tensor}'");
        else if (!tensorOf.TryAdd(parameter, tensor)) faults.Add($"twice: '{tensor}' and '{tensorOf[parameter]}'");
    }

    private void CompareShapes()
    {
        foreach (var (parameter, shape) in expected)
        {
            if (!tensorOf.TryGetValue(parameter, out var tensor))
            {
                faults.Add($"missing: '{Gpt2Tensors.FileName(parameter)}' {TensorEntry.FormatShape(shape)}");
                continue;
            }

            var entry = weights[tensor][tensor];
            if (!entry.Shape.SequenceEqual(shape)) faults.Add($"mis-shaped: '{tensor}' is {entry.ShapeText}, needed {TensorEntry.FormatShape(shape)}");
            if (entry.Dtype is not (ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16))
            {
                faults.Add($"of another type: '{tensor}' is {SafetensorsDtype.NameOf(entry.Dtype)}, needed F32, F16 or BF16");
            }
        }
    }

    /// <summary>A file may repeat the tied output layer, but not contradict it.</summary>
    private void CompareOutputLayer()
    {
        const string Output = Gpt2Tensors.OutputLayer;
        if (!weights.Names.Contains(Output) || !tensorOf.TryGetValue("wte.weight", out var embedding)) return;
        if (weights[Output].ContentEquals(Output, weights[embedding], embedding)) return;
        faults.Add($"untied: '{Output}' differs from '{embedding}', but only models whose output layer is the token embedding are supported");
    }
}
