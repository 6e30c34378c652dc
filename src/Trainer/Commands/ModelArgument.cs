using System.CommandLine;
using Lhts.Models.Gpt;

namespace Lhts.Trainer.Commands;

/// <summary>MODEL, the same on every command that runs one: a model folder, or a run folder, whose student is taken.</summary>
internal static class ModelArgument
{
    /// <summary>How help texts describe it.</summary>
    public const string Description = "A model folder (with config.json, model.safetensors, tokenizer.json) or a run folder, whose student is taken.";

    /// <summary>Makes the argument.</summary>
    public static Argument<string> Build() => new("model") { Description = Description };

    /// <summary>The model folder that is meant.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public static string FolderOf(string path)
    {
        if (File.Exists(Path.Combine(path, Gpt2ConfigFile.Name))) return path;
        var student = new Stages.RunFolder(path).Stage("student").Model;
        if (Directory.Exists(student)) return student;
        throw new DirectoryNotFoundException($"'{path}' is neither a model folder (with {Gpt2ConfigFile.Name}) nor a run folder with a finished student.");
    }
}
