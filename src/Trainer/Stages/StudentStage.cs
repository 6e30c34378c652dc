using Lhts.Models.Gpt;
using Lhts.Telemetry;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Recipes;
using static TorchSharp.torch;

namespace Lhts.Trainer.Stages;

/// <summary>The model q_T: the teacher's weights, fine-tuned towards its joint temperatures.</summary>
public static class StudentStage
{
    /// <summary>Trains the student unless it is there; gives back its folder and fingerprint.</summary>
    public static (string Folder, string Fingerprint) Run(StageContext context, (string Folder, string Fingerprint) teacher, CancellationToken stop)
    {
        var recipe = context.Recipe;
        var folder = context.Folder.Stage(StageNames.Student);
        var settings = RecipeReader.Write(StageSettings.Of(context) with
        {
            Teacher = teacher.Fingerprint,
            UsesScores = recipe.Teacher.Scores is not null,
            StudentRecipe = recipe.Student,
        });
        var (fingerprint, isDone) = context.Enter(folder, settings, madeFromIt: null, stop);
        if (isDone)
        {
            context.ShowDone(StageNames.Student, folder);
            return (folder.Model, folder.ResultFingerprint);
        }

        var scores = TeacherScores.Open(context, teacher.Folder);
        using var frozen = FrozenTeacher.Load(teacher.Folder, recipe, context.Tokenizer);
        PredictedTokens.Limit(frozen, recipe, context.Tokenizer);
        using var student = StudentModel.Make(context, frozen, folder, stop);
        manual_seed(recipe.Seed); // the first weights of a learned baseline
        using var objective = recipe.Student.Objective.Build(new(recipe.Student, recipe.Data.ContextLength, frozen.Config, frozen.TokenEmbedding.device));
        if (scores is not null) frozen.Dispose(); // its log-probs are kept: the device has room for more sequences
        new TrainingStageRunner(context, StageNames.Student, folder, fingerprint, recipe.Student.Training).Run(
            new Trained(student, objective, recipe.Student.Source, recipe.Student.TrainingTemperatures)
            {
                Teacher = scores is null ? frozen : null, Scores = scores, ObjectiveRate = recipe.Student.Objective.HeadRate,
                LookAhead = recipe.Student.Objective.LookAhead,
                TrustRegion = recipe.Student.Source.DrawsFromStudent ? recipe.Student.Objective.StepBound : null,
            },
            stop);
        return (folder.Model, folder.ResultFingerprint);
    }
}
