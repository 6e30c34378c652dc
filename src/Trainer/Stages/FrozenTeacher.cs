using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Lhts.Data.Tokenizers;
using Lhts.Models.Gpt;
using Lhts.Trainer.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Stages;

/// <summary>The teacher as a folder of files.</summary>
public static class FrozenTeacher
{
    /// <summary>Loads it for the recipe's device and sequences, without gradients and dropout.</summary>
    /// <exception cref="InvalidDataException">It has fewer tokens or positions than these.</exception>
    public static Gpt2 Load(string folder, Recipe recipe, ITokenizer tokenizer)
    {
        var teacher = Gpt2Checkpoint.Load(folder).to(new Device(recipe.Device));
        teacher.eval();
        foreach (var parameter in teacher.parameters()) parameter.requires_grad = false;
        var (config, data) = (teacher.Config, recipe.Data);
        if (config.VocabularySize >= tokenizer.VocabularySize && config.NumPositions >= data.ContextLength) return teacher;
        teacher.Dispose();
        throw new InvalidDataException(
            $"The teacher '{folder}' has {config.VocabularySize} tokens and {config.NumPositions} positions; the tokenizer has {tokenizer.VocabularySize} "
            + $"tokens and data.contextLength is {data.ContextLength}. Use the tokenizer it was trained with, and a context that it has.");
    }

    /// <summary>SHA-256 over its configuration and weights, in hexadecimal: the same wherever the folder lies. Reads every byte.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static string FingerprintOf(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"The teacher '{folder}' is not a folder. Set teacher.load to a folder in Hugging Face's GPT-2 layout.");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in Directory.EnumerateFiles(folder).Where(IsModel).Order(StringComparer.Ordinal))
        {
            using var file = File.OpenRead(path);
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)}\n{file.Length}\n")));
            hash.AppendData(SHA256.HashData(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // The tokenizer beside it has a fingerprint of its own.
    private static bool IsModel(string path) =>
        Path.GetFileName(path) == Gpt2ConfigFile.Name || path.EndsWith(".safetensors", StringComparison.Ordinal)
            || path.EndsWith(".safetensors.index.json", StringComparison.Ordinal);
}
