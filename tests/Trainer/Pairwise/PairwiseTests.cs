using Lhts.Models.Gpt;
using Lhts.Testing;

namespace Lhts.Trainer.Tests.Pairwise;

/// <summary>Every two values of what recipes differ in meet in a recipe that trains, or one of the two is refused by name.</summary>
public sealed class PairwiseTests : TensorTest
{
    private static readonly Lazy<CoveringArray> Covering = new(() =>
        new CoveringArray([.. RecipeFeatures.All.Select(feature => feature.Values.Length)], row => RecipeFeatures.Read(row, "x").Recipe is not null, seed: 1));

    private FeatureRun run = null!;

    private static IEnumerable<TestCaseData> Rows() =>
        Covering.Value.Rows.Select(row => new TestCaseData(row).SetArgDisplayNames(RecipeFeatures.Describe(row)));

    [OneTimeSetUp]
    public void Prepare() => run = new FeatureRun();

    [OneTimeTearDown]
    public void Remove() => run.Dispose();

    [TestCaseSource(nameof(Rows))]
    public void TwoSteps_OfARecipe_MakeAModel(int[] row)
    {
        using var model = Gpt2Checkpoint.Load(run.Train(row));
        Assert.That(model.parameters().Select(parameter => parameter.isfinite().all().item<bool>()), Is.All.True);
    }

    [Test]
    public void Pairs_ThatNoRecipeHas_AreRefusedByName()
    {
        TestContext.Out.WriteLine($"{Covering.Value.Rows.Count} recipes, {Covering.Value.Refused.Count} pairs refused");
        foreach (var (first, second) in Covering.Value.Refused)
        {
            var row = new int[RecipeFeatures.All.Count];
            (row[first.Feature], row[second.Feature]) = (first.Value, second.Value);
            var message = RecipeFeatures.Read(row, "x").Refusal;
            TestContext.Out.WriteLine($"{RecipeFeatures.Describe(row)}\n    {message}");
            Assert.That(message, Does.Contain(RecipeFeatures.All[first.Feature].Name).Or.Contain(RecipeFeatures.All[second.Feature].Name));
        }
    }
}
