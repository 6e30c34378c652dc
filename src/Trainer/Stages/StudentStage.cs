using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Telemetry;
using Lhts.Trainer.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Stages;

/// <summary>The model q_T: the teacher's weights, fine-tuned towards its joint temperatures.</summary>
public static class StudentStage
{
    /// <summary>Trains the student unless it is there; gives back its folder and fingerprint.</summary>
    public static (string Folder, string Fingerprint) Run(StageContext context, (string Folder, string Fingerprint) teacher, CancellationToken stop)
    {
        var recipe = context.Recipe;
        var folder = context.Folder.Stage("student");
        var fingerprint = folder.Enter(
            RecipeReader.Write(StageSettings.Of(context) with { Teacher = teacher.Fingerprint, StudentRecipe = recipe.Student }));
        if (folder.IsDone)
        {
            context.Reporting.Progress.WriteLine($"student: already trained, in {folder.Model}");
            return (folder.Model, fingerprint);
        }

        using var frozen = LoadTeacher(context, teacher.Folder);
        using var student = Gpt2Student.From(frozen, ConditioningOf(recipe.Student));
        student.UsesCheckpointing = recipe.Student.GradientCheckpointing;
        using var objective = Build(recipe.Student, recipe.Data.ContextLength, frozen);
        new TrainingStageRunner(context, TrainingStage.Student, folder, fingerprint)
            .Run(student, frozen, objective, recipe.Student.Temperatures, recipe.Student.Training, stop);
        return (folder.Model, fingerprint);
    }

    private static Gpt2 LoadTeacher(StageContext context, string folder)
    {
        var teacher = Gpt2Checkpoint.Load(folder).to(new Device(context.Recipe.Device));
        teacher.eval();
        foreach (var parameter in teacher.parameters()) parameter.requires_grad = false;
        var (config, data, tokenizer) = (teacher.Config, context.Recipe.Data, context.Tokenizer);
        if (config.VocabularySize >= tokenizer.VocabularySize && config.NumPositions >= data.ContextLength) return teacher;
        teacher.Dispose();
        throw new InvalidDataException(
            $"The teacher '{folder}' has {config.VocabularySize} tokens and {config.NumPositions} positions; the tokenizer has {tokenizer.VocabularySize} tokens and data.contextLength is {data.ContextLength}. Use the tokenizer it was trained with, and a context that it has.");
    }

    private static TemperatureConditioning ConditioningOf(StudentRecipe student) =>
        student.Conditioning ?? (student.Temperatures.IsSingle ? TemperatureConditioning.None : TemperatureConditioning.EveryPosition);

    private static LhtsObjective Build(StudentRecipe student, int contextLength, Gpt2 teacher)
    {
        var objective = student.Objective;
        var options = new LhtsOptions
        {
            Horizon = objective.Horizon,
            Clip = objective.Clip,
            Baseline = objective.Baseline,
            Tail = objective.Tail,
            KlDirection = objective.KlDirection,
            Beta = objective.Beta,
            NormalisePerTemperature = objective.NormalisePerTemperature ?? !student.Temperatures.IsSingle,
        };
        return new LhtsObjective(options, contextLength, student.Temperatures.Bins, teacher.Config.EmbeddingSize, teacher.TokenEmbedding.device);
    }
}
