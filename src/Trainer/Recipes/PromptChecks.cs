using Lhts.Data.Batching;
using Lhts.Trainer.Recipes.Yaml;
using Lhts.Trainer.Sources;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Recipes;

/// <summary>What goes with prompts, and what does not.</summary>
internal static class PromptChecks
{
    /// <summary>Adds what is wrong with a recipe's prompts.</summary>
    public static void Check(Validator validator, Recipe recipe)
    {
        var data = recipe.Data;
        var source = data.Prepare?.Source;
        var isTask = DataStage.TaskOf(source) is not null;
        validator.Check(
            data.Prepare?.Chains is null || source == DataStage.ArithmeticChains, "data.prepare.source", source, $"{DataStage.ArithmeticChains} with chains",
            "change it, or leave chains out");
        validator.Check(
            data.Prepare?.Countdown is null || source == DataStage.Countdown, "data.prepare.source", source, $"{DataStage.Countdown} with countdown",
            "change it, or leave countdown out");
        data.Prepare?.Chains?.Check(validator.In("data.prepare.chains"));
        data.Prepare?.Countdown?.Check(validator.In("data.prepare.countdown"));
        if (data.PromptColumn is not { } column)
        {
            validator.Check(
                data.Prepare?.PromptField is null && !isTask, "data.promptColumn", null,
                isTask ? $"a name with {source}" : "a name with data.prepare.promptField", "name the column that prompts are written to");
            return;
        }

        validator.Check(column != "" && column != data.TextColumn, "data.promptColumn", column, "another column than the text's", "name the column of prompts");
        validator.Check(data.LongDocumentsInUse == LongDocuments.Cut, "data.longDocuments", data.LongDocuments,
            "cut with prompts, which stand before a whole text", "leave it out");
        validator.Check(
            recipe.Student.Source is not TeacherSourceRecipe or StudentSourceRecipe { TeacherShare: 0, JointShare: 0 }, "student.source.kind",
            new KindName(SourceKinds.All.NameOf(recipe.Student.Source)),
            "corpus, or student without teacherShare and jointShare, with data.promptColumn: the teacher's samples have no prompts",
            "choose one of these, or leave data.promptColumn out");
    }
}
