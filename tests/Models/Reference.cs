using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests;

/// <summary>
/// Inputs and outputs of Hugging Face's GPT-2 (transformers 4.26, PyTorch 1.13, float32) on a tiny model: 2 layers, width 32, 2 heads,
/// 97 tokens, context 32; batches of 4 rows of 32 tokens.
/// </summary>
internal static class Reference
{
    public const string Common = "tiny.f32.common.safetensors";
    public const string Batches = "tiny.batches.safetensors";
    public const string Step = "tiny.f32.T0.9.c8.b0.05.safetensors";
    public const string Config = "tiny.config.json";

    public static string PathOf(string name) => Repository.PathOf("tests", "Models", "Data", name);

    /// <summary>Makes a model folder of the reference's teacher or student.</summary>
    public static void MakeFolder(string folder, string model)
    {
        Directory.CreateDirectory(folder);
        File.Copy(PathOf(Config), Path.Combine(folder, "config.json"));
        File.Copy(PathOf($"tiny.{model}.safetensors"), Path.Combine(folder, "model.safetensors"));
    }

    /// <summary>The reference's teacher or student, without dropout.</summary>
    public static Gpt2 Load(string model)
    {
        using var folder = new TemporaryFolder();
        MakeFolder(folder.PathOf("model"), model);
        var loaded = Gpt2Checkpoint.Load(folder.PathOf("model"));
        loaded.eval();
        return loaded;
    }

    public static Tensor Read(string file, string name)
    {
        using var archive = SafetensorsFile.Open(PathOf(file));
        return archive.Read(name);
    }
}
