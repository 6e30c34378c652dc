using Lhts.Data.Parquet;
using Lhts.Data.Preparing;
using Lhts.Data.Tokenizers;
using Lhts.Models.Gpt;
using Lhts.Objectives;
using Lhts.Telemetry;
using Lhts.Telemetry.Progress;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Stages;
using Lhts.Trainer.Tests.Parallel;
using static TorchSharp.torch;

namespace Lhts.Trainer.Tests.Pairwise;

/// <summary>Documents with prompts, a random teacher for each tokenizer, and the student's stage on them.</summary>
internal sealed class FeatureRun : IDisposable
{
    private static readonly string[] Words = ["to", "be", "or", "not", "that", "is"];

    public FeatureRun()
    {
        Folder = Directory.CreateTempSubdirectory("lhts-").FullName;
        var texts = Enumerable.Range(0, 30)
            .Select(i => (Prompt: $"{Words[i % 6]} ", Text: string.Join(' ', Enumerable.Range(i, 1 + (i % 4)).Select(j => Words[j * j % 6])))).ToArray();
        File.WriteAllLines(Path.Combine(Folder, "text.jsonl"), texts.Select(text => $$"""{"prompt": "{{text.Prompt}}", "text": "{{text.Text}}"}"""));
        DataPreparer.Prepare(new PrepareOptions
        {
            Source = Path.Combine(Folder, "text.jsonl"), PromptField = "prompt", Output = Path.Combine(Folder, "parquet"), RowGroupRows = 8,
        });
        MakeTeacher("characters", new CharacterTokenizer(" abehinorst"));
        MakeTeacher("bytes", new ByteTokenizer());
        MakeTeacher("words", new WordTokenizer(Words));
    }

    public string Folder { get; }

    /// <summary>Trains the student of a row for two steps, on its ranks; gives back the folder of the model.</summary>
    public string Train(int[] row)
    {
        var recipe = RecipeFeatures.Read(row, Folder).Recipe!;
        if (recipe.Teacher.Scores is { } scores) TeacherScores.Write(recipe, recipe.Teacher.Load!, scores, ProgressReporters.None, CancellationToken.None);
        RankThreads.Run(RecipeFeatures.NumRanks(row), ranks =>
        {
            Train(recipe, ranks);
            return true;
        });
        return RunFolder.Of(recipe).Stage(StageNames.Student).Model;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>
    /// What the student's stage does; ranks are threads here, which must not draw first weights from the process's one generator at the same time.
    /// </summary>
    private void Train(Recipe recipe, Ranks ranks)
    {
        using var data = DataSet.Open(DataStage.OptionsOf(recipe.Data));
        using var meter = new TrainingMeter(TimeProvider.System);
        var reporting = new Reporting(meter, new RunHealth(TimeProvider.System, new HealthOptions()), ProgressReporters.None, TimeProvider.System);
        var run = RunFolder.Of(recipe);
        ranks.LeaderOnly(() => run.Create(recipe), CancellationToken.None);
        var context = new StageContext(recipe, run, data, TokenizerLoader.Load(recipe.Teacher.Load!), reporting, ranks);
        var folder = run.Stage(StageNames.Student);
        var settings = RecipeReader.Write(StageSettings.Of(context) with { StudentRecipe = recipe.Student });
        var (fingerprint, _) = context.Enter(folder, settings, madeFromIt: null, CancellationToken.None);
        var scores = TeacherScores.Open(context, recipe.Teacher.Load!);
        using var teacher = FrozenTeacher.Load(recipe.Teacher.Load!, recipe, context.Tokenizer);
        PredictedTokens.Limit(teacher, recipe, context.Tokenizer);
        using var student = StudentModel.Make(context, teacher, folder, CancellationToken.None);
        using var objective = ObjectiveOf(recipe, teacher);
        new TrainingStageRunner(context, StageNames.Student, folder, fingerprint, recipe.Student.Training).Run(
            new Trained(student, objective, recipe.Student.Source, recipe.Student.TrainingTemperatures)
            {
                Teacher = scores is null ? teacher : null, Scores = scores, ObjectiveRate = recipe.Student.Objective.HeadRate,
                TrustRegion = recipe.Student.Source.DrawsFromStudent ? (recipe.Student.Objective as FlowRecipe)?.TrustRegion : null,
            },
            CancellationToken.None);
    }

    private IObjective ObjectiveOf(Recipe recipe, Gpt2 teacher)
    {
        lock (this)
        {
            manual_seed(recipe.Seed).Dispose();
            return recipe.Student.Objective.Build(new(recipe.Student, recipe.Data.ContextLength, teacher.Config, teacher.TokenEmbedding.device));
        }
    }

    private void MakeTeacher(string name, ITokenizer tokenizer)
    {
        var folder = Path.Combine(Folder, name);
        Directory.CreateDirectory(folder);
        tokenizer.Save(folder);
        using var generator = new Generator(11);
        using var teacher = new Gpt2(
            new Gpt2Config
            {
                NumLayers = 2, NumHeads = 2, EmbeddingSize = 8, NumPositions = RecipeFeatures.ContextLength, VocabularySize = tokenizer.VocabularySize,
                BeginOfText = tokenizer.EndOfText, EndOfText = tokenizer.EndOfText, InitializerRange = 0.3,
            },
            generator);
        Gpt2Checkpoint.Save(teacher, folder);
    }
}
