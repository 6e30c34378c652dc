using System.Globalization;
using Lhts.Data.Tokenizers;
using Lhts.Models.Gpt;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Recipes;

/// <summary>What a recipe takes besides itself: a device that is there, models and tokenizers that can be loaded. Looked at before any work starts.</summary>
public static class Prerequisites
{
    /// <summary>Checks all of it.</summary>
    /// <param name="bound">The recipe.</param>
    /// <param name="device">The device of this process, where its rank decides it. Default: the recipe's.</param>
    /// <exception cref="RecipeException">Something is missing; all of it is named.</exception>
    public static void Check(BoundRecipe<Recipe> bound, string? device = null)
    {
        var (recipe, validator) = (bound.Value, bound.Validate());
        var used = device ?? recipe.Device;
        var missing = Devices.FaultOf(used);
        validator.Check(missing is null, "device", used, missing ?? "", "name another, or give --device");
        CheckTeacher(validator, recipe);
        if (recipe.Tokenizer.Load is { } folder)
        {
            Try(validator, "tokenizer.load", folder, "a folder with a tokenizer", () => TokenizerLoader.Load(folder));
        }

        validator.ThrowIfAny();
    }

    /// <summary>What training a model of these sizes takes at the least: weights, gradients and AdamW's two means, each of 4 bytes.</summary>
    private static void CheckMemory(Validator validator, Recipe recipe)
    {
        var model = recipe.Teacher.Model;
        var parameters = (12d * model.Layers * model.Width * model.Width) + ((double)recipe.Data.ContextLength * model.Width);
        var (needed, there) = (parameters * 16 / (1 << 30), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30));
        validator.Check(
            recipe.Device != "cpu" || needed <= there, "teacher.model.width", model.Width,
            string.Create(CultureInfo.InvariantCulture, $"smaller: {parameters:0.##E+0} parameters take {needed:0} GiB to train, and there are {there:0}"),
            "use e.g. 128");
    }

    private static void CheckTeacher(Validator validator, Recipe recipe)
    {
        if (recipe.Teacher.Load is not { } folder)
        {
            CheckMemory(validator, recipe);
            return;
        }

        const string form = "a folder in Hugging Face's GPT-2 layout";
        if (Try(validator, "teacher.load", folder, form, () => Gpt2Checkpoint.Check(folder)) is not { } config) return;
        validator.Check(
            config.NumPositions >= recipe.Data.ContextLength, "data.contextLength", recipe.Data.ContextLength,
            $"at most {config.NumPositions}, the positions of the teacher '{folder}'", "shorten it");
        if (recipe.Tokenizer.Load is not null) return;
        var tokenizer = Try(validator, "teacher.load", folder, "a folder with its tokenizer", () => TokenizerLoader.Load(folder));
        validator.Check(
            tokenizer is null || config.VocabularySize >= tokenizer.VocabularySize, "teacher.load", folder,
            $"a teacher of {tokenizer?.VocabularySize} tokens, as many as its tokenizer; it has {config.VocabularySize}",
            "use the tokenizer it was trained with");
    }

    private static T? Try<T>(Validator validator, string path, string folder, string form, Func<T> load)
        where T : class
    {
        try
        {
            return load();
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            validator.Check(false, path, folder, form, $"{failure.Message.TrimEnd('.')}");
            return null;
        }
    }
}
