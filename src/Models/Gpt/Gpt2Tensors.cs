namespace Lhts.Models.Gpt;

/// <summary>
/// The tensors of a GPT-2, worked out from its configuration alone, and their names in files. A file is compared with this list before any
/// memory is taken, so that a configuration cannot ask for more than its file holds.
/// </summary>
public static class Gpt2Tensors
{
    /// <summary>The prefix that transformers puts before all names but the output layer's.</summary>
    public const string Prefix = "transformer.";

    /// <summary>The output layer in files; it equals the token embedding, to which it is tied.</summary>
    public const string OutputLayer = "lm_head.weight";

    /// <summary>The temperature embedding in files, (E), or the layer norms' gains and shifts, (2 norms, E): a name that other readers skip.</summary>
    public const string Temperature = "lhts.temperature.weight";

    /// <summary>The learned part of the output scale in files, (1).</summary>
    public const string LogScale = "lhts.output.log_scale";

    /// <summary>The prefix of D1 and D2 in files; the teacher's weights stand under their plain names.</summary>
    public const string PathPrefix = "lhts.path.";

    private const string TemperatureModule = "temperature.";

    /// <summary>Names of the model's parameters and their shapes.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Shapes(Gpt2Config config)
    {
        var working = WorkingShapes(config);
        return config.TemperatureConditioning == TemperatureConditioning.Weights ? working.Concat(WeightPath.Shapes(config)) : working;
    }

    /// <summary>Those that the model computes with: all but D1 and D2.</summary>
    internal static IEnumerable<(string Name, long[] Shape)> WorkingShapes(Gpt2Config config)
    {
        long width = config.EmbeddingSize;
        yield return ("wte.weight", [config.VocabularySize, width]);
        yield return ("wpe.weight", [config.NumPositions, width]);
        for (var layer = 0; layer < config.NumLayers; layer++)
        {
            foreach (var (name, shape) in BlockShapes(width, config.FeedForwardSize)) yield return ($"h.{layer}.{name}", shape);
        }

        yield return ("ln_f.weight", [width]);
        yield return ("ln_f.bias", [width]);
        if (TemperatureShape(config) is { } learned) yield return (TemperatureModule + "weight", learned);
        if (config.HasOutputScale) yield return (OutputScale.ParameterName, [1]);
    }

    private static long[]? TemperatureShape(Gpt2Config config) => config.TemperatureConditioning switch
    {
        TemperatureConditioning.EveryPosition or TemperatureConditioning.Prefix => [config.EmbeddingSize],
        TemperatureConditioning.LayerNorms => [2L * NumNorms(config), config.EmbeddingSize],
        _ => null,
    };

    /// <summary>Whether a parameter, by its name, is one that teachers do not have.</summary>
    internal static bool IsOfTheStudent(string parameter) =>
        parameter.StartsWith(TemperatureModule, StringComparison.Ordinal) || parameter == OutputScale.ParameterName || WeightPath.Owns(parameter);

    /// <summary>Layer norms: two in each block and the last one.</summary>
    internal static int NumNorms(Gpt2Config config) => (2 * config.NumLayers) + 1;

    /// <summary>A parameter's name in the files that this project writes, which are those of transformers.</summary>
    public static string FileName(string parameter)
    {
        if (WeightPath.Owns(parameter)) return PathPrefix + parameter[(WeightPath.ModuleName.Length + 1)..].Replace('/', '.');
        return !IsOfTheStudent(parameter) ? Prefix + parameter : parameter == OutputScale.ParameterName ? LogScale : Temperature;
    }

    /// <summary>The parameter that a file's tensor holds, with the prefix of transformers or without.</summary>
    public static string ParameterName(string tensor)
    {
        if (tensor == Temperature) return TemperatureModule + "weight";
        if (tensor == LogScale) return OutputScale.ParameterName;
        if (tensor.StartsWith(PathPrefix, StringComparison.Ordinal)) return WeightPath.NameOf(tensor[PathPrefix.Length..]);
        return tensor.StartsWith(Prefix, StringComparison.Ordinal) ? tensor[Prefix.Length..] : tensor;
    }

    /// <summary>Whether a tensor, named as a parameter, is one of the constant attention masks that old files carry.</summary>
    public static bool IsBuffer(string parameter) =>
        parameter.StartsWith("h.", StringComparison.Ordinal)
        && (parameter.EndsWith(".attn.bias", StringComparison.Ordinal) || parameter.EndsWith(".attn.masked_bias", StringComparison.Ordinal));

    private static IEnumerable<(string Name, long[] Shape)> BlockShapes(long width, long inner)
    {
        yield return ("ln_1.weight", [width]);
        yield return ("ln_1.bias", [width]);
        yield return ("attn.c_attn.weight", [width, 3 * width]);
        yield return ("attn.c_attn.bias", [3 * width]);
        yield return ("attn.c_proj.weight", [width, width]);
        yield return ("attn.c_proj.bias", [width]);
        yield return ("ln_2.weight", [width]);
        yield return ("ln_2.bias", [width]);
        yield return ("mlp.c_fc.weight", [width, inner]);
        yield return ("mlp.c_fc.bias", [inner]);
        yield return ("mlp.c_proj.weight", [inner, width]);
        yield return ("mlp.c_proj.bias", [width]);
    }
}
