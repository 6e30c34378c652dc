using Lhts.Models.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Gpt;

/// <summary>
/// Model folders in Hugging Face's layout: <c>config.json</c> and <c>model.safetensors</c> (or several files with an index, for reading).
/// </summary>
public static class Gpt2Checkpoint
{
    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" }; // transformers refuses files without it

    /// <summary>
    /// Loads a model. Weights go from the file straight into the model's memory, widened to float32 if they are float16 or bfloat16.
    /// </summary>
    /// <param name="folder">A folder with <c>config.json</c> and safetensors files; names with the prefix <c>transformer.</c> or without.</param>
    /// <exception cref="InvalidDataException">
    /// The folder's files are damaged or do not fit together, every fault being named; or a weight is NaN or infinite.
    /// </exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static Gpt2 Load(string folder)
    {
        var config = Gpt2ConfigFile.Read(Path.Combine(folder, Gpt2ConfigFile.Name));
        using var weights = WeightFiles.Open(folder);
        var tensorOf = Gpt2WeightCheck.Match(folder, config, weights);
        var model = Gpt2.Uninitialised(config);
        try
        {
            using var noGrad = no_grad();
            foreach (var (name, parameter) in model.named_parameters()) weights[tensorOf[name]].ReadInto(tensorOf[name], parameter, mustBeFinite: true);
            model.BeginPath();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads a folder's configuration and the headers of its weights, and no weights: what <see cref="Load"/> would refuse is refused at once.
    /// </summary>
    /// <exception cref="InvalidDataException">The folder's files are damaged or do not fit together; every fault is named.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static Gpt2Config Check(string folder)
    {
        var config = Gpt2ConfigFile.Read(Path.Combine(folder, Gpt2ConfigFile.Name));
        using var weights = WeightFiles.Open(folder);
        Gpt2WeightCheck.Match(folder, config, weights);
        return config;
    }

    /// <summary>Saves a model as a folder that this project and Python's transformers load with equal logits.</summary>
    /// <param name="model">The model; what it has beyond a GPT-2 is saved under names that transformers skips.</param>
    /// <param name="folder">The folder, made if need be; each file appears complete or not at all.</param>
    /// <exception cref="IOException">The folder or a file cannot be written.</exception>
    public static void Save(Gpt2 model, string folder) => Save(model.Config, TensorsOf(model), folder);

    /// <summary>A model's tensors under their names in files.</summary>
    internal static IEnumerable<KeyValuePair<string, Tensor>> TensorsOf(Gpt2 model) =>
        model.SavedTensors.Select(pair => KeyValuePair.Create(Gpt2Tensors.FileName(pair.Name), pair.Value));

    /// <summary>The same of tensors that a model had.</summary>
    internal static void Save(Gpt2Config config, IEnumerable<KeyValuePair<string, Tensor>> tensors, string folder)
    {
        Directory.CreateDirectory(folder);
        SafetensorsFile.Write(Path.Combine(folder, WeightFiles.SingleName), tensors, Metadata);
        Gpt2ConfigFile.Write(Path.Combine(folder, Gpt2ConfigFile.Name), config);
    }
}
