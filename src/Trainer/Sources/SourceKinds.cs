using Lhts.Data.Batching;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Sources;

/// <summary>Every source that a recipe can name: one line each.</summary>
public static class SourceKinds
{
    /// <summary>The kinds.</summary>
    public static KindRegistry<SourceRecipe> All { get; } = new KindRegistry<SourceRecipe>()
        .Add<CorpusRecipe>(MicroBatch.Corpus)
        .Add<TeacherSourceRecipe>(TeacherSamples.Name)
        .Add<MixRecipe>("mix")
        .Add<StudentSourceRecipe>(StudentSamples.Name);
}
