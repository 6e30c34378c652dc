using FsCheck;
using FsCheck.Fluent;
using Lhts.Trainer.Recipes.Yaml;

namespace Lhts.Trainer.Tests.Recipes.Yaml;

public class YamlWriterTests
{
    [Test]
    public void Write_RecipeWithDefaults_WritesEveryValue()
    {
        var recipe = new SampleRecipe { Name = "no", Sources = [new() { Path = "data/a.parquet", Share = 1e-7 }] };

        Assert.That(YamlWriter.Write(recipe, SampleRecipe.Form), Is.EqualTo("""
            name: "no"
            seed: 1
            model:
              numLayers: 4
              tieEmbeddings: true
              checkpoint: null
            teacher:
              numSteps: 100
              stepSize: 0.001
              gradientClip: 1
              baseline: none
              temperature: 0.9
              horizons: []
            student: null
            sources:
              - path: data/a.parquet
                share: 1E-07

            """.ReplaceLineEndings("\n")));
    }

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public Property Write_AnyRecipe_ReadsBackTheSame()
    {
        var numbers = ArbMap.Default.GeneratorFor<double>().Where(number => !double.IsNaN(number));
        var texts = ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => Valid(text.Get));
        var recipes =
            from name in texts
            from seed in ArbMap.Default.GeneratorFor<long>()
            from checkpoint in texts.OrNull()
            from size in numbers
            from temperatures in numbers.ListOf()
            from baseline in Gen.Elements(Enum.GetValues<SampleBaseline>())
            from horizons in ArbMap.Default.GeneratorFor<int[]>()
            from paths in texts.ListOf()
            select new SampleRecipe
            {
                Name = name,
                Seed = seed,
                Model = new() { Checkpoint = checkpoint },
                Student = new()
                {
                    NumSteps = 1,
                    StepSize = double.IsFinite(size) ? size : 1,
                    GradientClip = null,
                    Baseline = baseline,
                    Temperature = new([.. temperatures]),
                    Horizons = horizons,
                },
                Sources = [.. paths.Select(path => new SampleSource { Path = path })],
            };
        return Prop.ForAll(recipes.ToArbitrary(), recipe =>
        {
            var written = YamlWriter.Write(recipe, SampleRecipe.Form);
            var read = SampleRecipe.Bind(written).Value;
            Assert.That(YamlWriter.Write(read, SampleRecipe.Form), Is.EqualTo(written));
            Assert.That(read.Name, Is.EqualTo(recipe.Name));
            Assert.That(read.Model, Is.EqualTo(recipe.Model));
            Assert.That(read.Student!.Temperature.Values, Is.EqualTo(recipe.Student!.Temperature.Values));
            Assert.That(read.Sources, Is.EqualTo(recipe.Sources));
        });
    }

    /// <summary>YAML is Unicode text: half a surrogate pair cannot be written in it.</summary>
    private static string Valid(string text) => string.Concat(text.Where(character => !char.IsSurrogate(character)));
}
