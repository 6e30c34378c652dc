using Lhts.Data.Batching;
using Lhts.Data.Tokenizers;
using Lhts.Objectives;
using Lhts.Trainer.Evaluations;
using Lhts.Trainer.Objectives;
using Lhts.Trainer.Parallel;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Stages;

namespace Lhts.Trainer.Tests.Stages;

/// <summary>What a recipe makes of long documents.</summary>
public sealed class PieceOptionsTests
{
    [TestCase(LongDocuments.Split, 8, 7)]
    [TestCase(LongDocuments.Split, 1, 0)]
    [TestCase(LongDocuments.Split, 1000, 15, Description = "at most half of the context")]
    [TestCase(LongDocuments.Cut, 8, 0)]
    public void LookAhead_OfAStudent_IsTheRestOfItsHorizon(LongDocuments longDocuments, int horizon, int expected)
    {
        var recipe = RecipeOf(longDocuments);
        var objective = new LhtsRecipe { Horizon = horizon };
        var options = TrainingStageRunner.BatchesOf(recipe, recipe.Student.Training, Ranks.Single, objective.LookAhead, movesPieces: true);
        Assert.That(options.LookAhead, Is.EqualTo(expected));
        Assert.That(options.MovesPieces, Is.EqualTo(longDocuments == LongDocuments.Split));
    }

    [Test]
    public void LookAhead_OfObjectivesThatLookNoFurther_IsNone() => Assert.That(
        from kind in ObjectiveKinds.All.Kinds.Values
        where kind != typeof(LhtsRecipe)
        select ((ObjectiveRecipe)Activator.CreateInstance(kind)!).LookAhead,
        Is.All.Zero);

    [Test]
    public void LookAhead_OfABootstrappedTail_IsTheWholeHorizon() =>
        Assert.That(new LhtsRecipe { Horizon = 4, Baseline = BaselineKind.Learned, Tail = TailKind.Bootstrap }.LookAhead, Is.EqualTo(4));

    /// <summary>Samples of an evaluation start as the first piece of a document does, whose other pieces start with a token of it.</summary>
    [Test]
    public void Evaluation_OfSplitDocuments_StartsAsTheirFirstPiecesDo()
    {
        var (recipe, tokenizer) = (RecipeOf(LongDocuments.Split), new CharacterTokenizer("ab"));
        var prompt = EvaluationPrompts.Of(new StageContext(recipe, null!, null!, tokenizer, null!, null!)).Single();
        var options = TrainingStageRunner.BatchesOf(recipe, recipe.Student.Training, Ranks.Single, lookAhead: 7, movesPieces: true);
        Assert.That(options.StartWithEndOfText);
        Assert.That(prompt, Is.EqualTo(new[] { tokenizer.EndOfText }));
    }

    private static Recipe RecipeOf(LongDocuments longDocuments) => new()
    {
        Name = "pieces", Data = new DataRecipe { Path = "data", ContextLength = 32, LongDocuments = longDocuments },
    };
}
