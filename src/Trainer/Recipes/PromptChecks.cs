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
        var isTask = data.Prepare?.Source == DataStage.ArithmeticChains;
        validator.Check(data.Prepare?.Chains is null
            || isTask, "data.prepare.source", data.Prepare?.Source, $"{DataStage.ArithmeticChains} with chains", "change it, or leave chains out");
        data.Prepare?.Chains?.Check(validator.In("data.prepare.chains"));
        if (data.PromptColumn is not { } column)
        {
            validator.Check(
                data.Prepare?.PromptField is null && !isTask, "data.promptColumn", null,
                isTask ? "a name with arithmetic-chains" : "a name with data.prepare.promptField", "name the column that prompts are written to");
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
