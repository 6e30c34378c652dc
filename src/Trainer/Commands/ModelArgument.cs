using Lhts.Models.Gpt;

namespace Lhts.Trainer.Commands;

/// <summary>What commands take for a model.</summary>
internal static class ModelArgument
{
    /// <summary>How help texts describe it.</summary>
    public const string Description = "A model folder (with config.json, model.safetensors, tokenizer.json) or a run folder, whose student is taken.";

    /// <summary>The model folder that an argument means: itself, or the student of the run folder that it is.</summary>
    /// <exception cref="DirectoryNotFoundException">It is neither.</exception>
    public static string FolderOf(string path)
    {
        if (File.Exists(Path.Combine(path, Gpt2ConfigFile.Name))) return path;
        var student = Path.Combine(path, "student", "model");
        if (Directory.Exists(student)) return student;
        throw new DirectoryNotFoundException($"'{path}' is neither a model folder (with {Gpt2ConfigFile.Name}) nor a run folder with a finished student.");
    }
}
