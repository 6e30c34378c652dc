using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Telemetry;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Sources;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Trainer.Stages;

/// <summary>The frozen model p: loaded, or trained by maximum likelihood.</summary>
public static class TeacherStage
{
    /// <summary>Trains the teacher unless it is there; gives back its folder and fingerprint.</summary>
    public static (string Folder, string Fingerprint) Run(StageContext context, CancellationToken stop)
    {
        var recipe = context.Recipe;
        if (recipe.Teacher.Load is { } loaded) return (loaded, FrozenTeacher.FingerprintOf(loaded));
        var folder = context.Folder.Stage(StageNames.Teacher);
        var settings = RecipeReader.Write(StageSettings.Of(context) with { TeacherRecipe = recipe.Teacher with { Scores = null } });
        var (fingerprint, isDone) = context.Enter(folder, settings, context.Folder.Stage(StageNames.Student), stop);
        if (isDone)
        {
            context.ShowDone(StageNames.Teacher, folder);
            return (folder.Model, folder.ResultFingerprint);
        }

        using var generator = new Generator((ulong)recipe.Seed);
        using var model = new Gpt2(ConfigOf(recipe, context), generator);
        model.to(new Device(recipe.Device));
        using var objective = new MleObjective();
        Announce(context, model);
        new TrainingStageRunner(context, StageNames.Teacher, folder, fingerprint, recipe.Teacher.Training)
            .Run(new Trained(model, objective, new CorpusRecipe(), Temperatures.Of(1)), stop);
        return (folder.Model, folder.ResultFingerprint);
    }

    private static Gpt2Config ConfigOf(Recipe recipe, StageContext context) => new()
    {
        NumLayers = recipe.Teacher.Model.Layers,
        NumHeads = recipe.Teacher.Model.Heads,
        EmbeddingSize = recipe.Teacher.Model.Width,
        NumPositions = recipe.Data.ContextLength,
        VocabularySize = context.Tokenizer.VocabularySize,
        BeginOfText = context.Tokenizer.EndOfText,
        EndOfText = context.Tokenizer.EndOfText,
        ResidualDropout = recipe.Teacher.Model.Dropout,
        EmbeddingDropout = recipe.Teacher.Model.Dropout,
        AttentionDropout = recipe.Teacher.Model.Dropout,
        InitializerRange = recipe.Teacher.Model.InitializerRange,
    };

    private static void Announce(StageContext context, Gpt2 model)
    {
        var (recipe, training) = (context.Recipe, context.Recipe.Teacher.Training);
        context.Reporting.Progress.WriteLine(
            $"teacher: {model.parameters().Sum(p => p.numel()):N0} parameters, vocabulary {context.Tokenizer.VocabularySize}, {context.Data.NumDocuments:N0} "
            + "documents, "
            + $"{training.Steps} steps of {training.SequencesPerStep} sequences of up to {recipe.Data.ContextLength} tokens");
    }
}
